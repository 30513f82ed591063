// SPDX-License-Identifier: GPL-2.0
/* Names: opening, making, renaming, removing and listing files. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "fs_ops.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#endif

static const struct {
	const char *name;
	int flags;
} open_flags[] = {
	{"rdonly", O_RDONLY},
	{"wronly", O_WRONLY},
	{"rdwr", O_RDWR},
	{"append", O_WRONLY | O_APPEND},
	{"trunc", O_WRONLY | O_TRUNC},
	{"rdonly trunc", O_RDONLY | O_TRUNC},
	{"creat", O_RDWR | O_CREAT},
	{"creat excl", O_RDWR | O_CREAT | O_EXCL},
	{"directory", O_RDONLY | O_DIRECTORY},
	{"creat directory", O_RDWR | O_CREAT | O_DIRECTORY},
	{"nofollow", O_RDONLY | O_NOFOLLOW},
	{"path", O_PATH},
	{"path nofollow", O_PATH | O_NOFOLLOW},
	{"nonblock", O_RDONLY | O_NONBLOCK},
	{"write nonblock", O_WRONLY | O_NONBLOCK},
	{"noatime", O_RDONLY | O_NOATIME},
	{"dsync", O_WRONLY | O_DSYNC},
	{"sync", O_WRONLY | O_SYNC},
	{"cloexec", O_RDONLY | O_CLOEXEC},
	{"no access", 3},
};

void opening(void)
{
	static const char *const targets[] = {"file",    "dir",       "fifo",   "null",   "link",     "dangling", "loop",
					      "missing", "none/file", "file/x", "setuid", "readonly", ""};

	for (size_t t = 0; t < sizeof(targets) / sizeof(*targets); t++)
		for (size_t f = 0; f < sizeof(open_flags) / sizeof(*open_flags); f++) {
			int fd;

			make("file", 0644, "content");
			make("setuid", 06755, "content");
			make("readonly", 0444, "content");
			mkdir("dir", 0755);
			mkfifo("fifo", 0644);
			mknod("null", S_IFCHR | 0666, makedev(1, 3));
			if (symlink("file", "link") != 0 || symlink("nothing", "dangling") != 0 || symlink("loop", "loop") != 0)
				errno = 0;
			if (strcmp(targets[t], "fifo") == 0 && !(open_flags[f].flags & (O_NONBLOCK | O_PATH | O_DIRECTORY)))
				continue; /* waits for the other end */
			fd = TRY_OPEN(open(targets[t], open_flags[f].flags, 0640), "open %s %s", targets[t], open_flags[f].name);
			if (fd >= 0) {
				char byte;

				TRY(read(fd, &byte, 1) == 1, "  read");
				TRY(write(fd, "x", 1), "  write");
				TRY(lseek(fd, 0, SEEK_CUR), "  position");
				TRY(fcntl(fd, F_GETFL) & ~(O_LARGEFILE | 0100000), "  flags");
				close(fd);
			}
			if (*targets[t])
				show(targets[t]);
			unlink("missing");
			unlink("nothing");
		}
}

void naming(void)
{
	char longest[NAME_MAX + 2], *path = malloc(PATH_MAX + 2);

	memset(longest, 'n', sizeof(longest));
	longest[NAME_MAX] = 0;
	TRY(mkdir(longest, 0700), "mkdir of the longest name");
	TRY(rmdir(longest), "rmdir of it");
	longest[NAME_MAX] = 'n';
	longest[NAME_MAX + 1] = 0;
	TRY(mkdir(longest, 0700), "mkdir of a longer name");
	memset(path, '/', PATH_MAX + 1);
	path[PATH_MAX + 1] = 0;
	TRY(mkdir(path, 0700), "mkdir of too long a path");
	free(path);
	TRY(mkdir("a", 0750), "mkdir a");
	TRY(mkdir("a", 0750), "mkdir a again");
	TRY(mkdir("a/b", 01777), "mkdir sticky");
	TRY(mkdir("none/b", 0750), "mkdir in nothing");
	make("Case", 0644, "case");
	TRY(access("cASE", F_OK), "a name in another case");
	TRY(rename("Case", "CASE"), "rename to another case");
	TRY(access("Case", F_OK), "the name that it had");
	TRY(mkdir("case", 0750), "mkdir in another case");
	TRY(unlink("casE"), "unlink in another case");
	TRY(access("CASE", F_OK), "the name then");
	TRY(mkdir("a/.", 0750), "mkdir .");
	TRY(rmdir("a"), "rmdir of a full one");
	TRY(rmdir("a/."), "rmdir .");
	TRY(rmdir("a/b/.."), "rmdir ..");
	TRY(unlink("a"), "unlink of a directory");
	make("f", 0600, "f");
	TRY(rmdir("f"), "rmdir of a file");
	TRY(unlink("f/"), "unlink with a slash");
	TRY(unlink("missing"), "unlink of nothing");
	show("a");
	show("a/b");
	TRY(symlink("target", "s"), "symlink");
	TRY(symlink("target", "s"), "symlink again");
	TRY(symlink("", "empty"), "symlink to nothing");
	show("s");
	{
		char target[16] = {0};

		TRY(readlink("s", target, sizeof(target)), "readlink");
		printf("  %s\n", target);
		TRY(readlink("s", target, 3), "readlink with little room");
		TRY(readlink("f", target, sizeof(target)), "readlink of a file");
	}
	TRY(link("f", "g"), "link");
	TRY(link("f", "g"), "link again");
	TRY(link("a", "h"), "link of a directory");
	TRY(link("s", "t"), "link of a symlink");
	TRY(link("missing", "h"), "link of nothing");
	show("f");
	show("g");
	{
		struct stat f, g, s, t;

		TRY(stat("f", &f) == 0 && stat("g", &g) == 0 && f.st_ino == g.st_ino && f.st_dev == g.st_dev, "hard links are one file");
		TRY(lstat("s", &s) == 0 && lstat("t", &t) == 0 && s.st_ino == t.st_ino, "also of symlinks");
	}
	TRY(mknod("fifo", S_IFIFO | 0622, 0), "mknod fifo");
	TRY(mknod("socket", S_IFSOCK | 0622, 0), "mknod socket");
	TRY(mknod("block", S_IFBLK | 0622, makedev(7, 9)), "mknod block");
	TRY(mknod("char", S_IFCHR | 0622, makedev(1, 300)), "mknod char");
	TRY(mknod("whiteout", S_IFCHR | 0622, 0), "mknod whiteout");
	TRY(mknod("regular", S_IFREG | 0622, 0), "mknod regular");
	TRY(mknod("directory", S_IFDIR | 0622, 0), "mknod directory");
	show("fifo");
	show("socket");
	show("block");
	show("char");
	show("regular");
}

void renaming(void)
{
	static const char *const entries[] = {"file", "file2", "empty", "full", "link", "missing", "file_link"};
	static const unsigned int flags[] = {0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT, RENAME_NOREPLACE | RENAME_EXCHANGE, 64};

	for (size_t from = 0; from < 7; from++)
		for (size_t to = 0; to < 7; to++)
			for (size_t f = 0; f < sizeof(flags) / sizeof(*flags); f++) {
				char path[16];

				snprintf(path, sizeof(path), "r%zu%zu%zu", from, to, f);
				mkdir(path, 0755);
				if (chdir(path) != 0)
					err(1, "%s", path);
				mkdir("empty", 0755);
				mkdir("full", 0755);
				mkdir("full/x", 0755);
				make("file", 0644, "1");
				make("file2", 0644, "22");
				if (symlink("file", "link") != 0 || link("file", "file_link") != 0)
					printf("  no links: %s\n", name_of(errno));
				TRY(renameat2(AT_FDCWD, entries[from], AT_FDCWD, entries[to], flags[f]), "rename %s %s flags %u",
				    entries[from], entries[to], flags[f]);
				show(entries[from]);
				show(entries[to]);
				if (chdir("..") != 0)
					err(1, "..");
			}
	TRY(rename("r000/full", "r000/full/x/y"), "rename into itself");
	TRY(rename("r000/full/x", "r000"), "rename onto an ancestor");
	TRY(rename("r000/full/x", "r000/empty/x"), "rename into another directory");
	show("r000/empty");
	show("r000/full");
}

void open_and_gone(void)
{
	struct stat st;
	char content[16] = {0};
	int fd, dir;

	make("f", 0644, "content");
	fd = open("f", O_RDWR);
	TRY(unlink("f"), "unlink an open file");
	TRY(fstat(fd, &st), "fstat it");
	TRY(st.st_nlink, "its links");
	TRY(pread(fd, content, sizeof(content), 0), "read it");
	TRY(pwrite(fd, "more", 4, 7), "write it");
	TRY(ftruncate(fd, 4), "truncate it");
	TRY(fchmod(fd, 0600), "chmod it");
	TRY(fsetxattr(fd, "user.a", "1", 1, 0), "setxattr on it");
	TRY(linkat(AT_FDCWD, "/proc/self/fd/9999", AT_FDCWD, "g", AT_SYMLINK_FOLLOW), "link nothing back");
	close(fd);
	mkdir("d", 0755);
	dir = open("d", O_RDONLY | O_DIRECTORY);
	TRY(rmdir("d"), "rmdir an open directory");
	TRY(mkdirat(dir, "x", 0700), "mkdir in it");
	TRY_OPEN(openat(dir, "x", O_CREAT | O_RDWR, 0600), "create in it");
	TRY(fstat(dir, &st), "fstat it");
	TRY(st.st_nlink, "its links");
	close(dir);
	fd = TRY_OPEN(open(".", O_TMPFILE | O_RDWR, 0600), "a file without a name");
	if (fd >= 0) {
		char path[64];

		TRY(write(fd, "named", 5), "write it");
		TRY(fstat(fd, &st) == 0 && st.st_nlink == 0, "it has no link");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		TRY(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW), "give it one");
		close(fd);
		show("named");
		show_content("named");
	}
	fd = TRY_OPEN(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600), "a file that never has a name");
	if (fd >= 0) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		TRY(linkat(AT_FDCWD, path, AT_FDCWD, "never", AT_SYMLINK_FOLLOW), "give it one");
		close(fd);
	}
}

void listing(void)
{
	int count = 0, dots = 0;
	long places[64], middle = 0;
	char seen[64] = {0}, name[300] = {0};
	struct dirent *entry;
	DIR *dir;

	for (int i = 0; i < 50; i++) {
		char path[16];

		snprintf(path, sizeof(path), "e%02d", i);
		make(path, 0644, "");
	}
	dir = opendir(".");
	while ((entry = readdir(dir))) {
		struct stat st;

		if (entry->d_name[0] == '.') {
			dots++;
			continue;
		}
		seen[atoi(entry->d_name + 1)]++;
		if (lstat(entry->d_name, &st) != 0 || st.st_ino != entry->d_ino || (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
			printf("  %s is another file than its entry says\n", entry->d_name);
		if (count < 64)
			places[count] = telldir(dir);
		if (count == 25) {
			middle = places[24];
			strcpy(name, entry->d_name);
		}
		count++;
	}
	TRY(count, "entries");
	TRY(dots, "dots");
	for (int i = 0; i < 50; i++)
		if (seen[i] != 1)
			printf("  e%02d came %d times\n", i, seen[i]);
	seekdir(dir, middle);
	do
		entry = readdir(dir);
	while (entry && entry->d_name[0] == '.'); /* ext4 may have them anywhere */
	TRY(entry && strcmp(entry->d_name, name) == 0, "going back to a place");
	rewinddir(dir);
	for (count = 0; (entry = readdir(dir)); count++)
		;
	TRY(count, "all once more");
	TRY(unlink("e10"), "unlink while it is read");
	rewinddir(dir);
	for (count = 0; (entry = readdir(dir)); count++)
		;
	TRY(count, "one less");
	closedir(dir);
}
