// SPDX-License-Identifier: GPL-2.0
/*
 * fs_ops DIRECTORY: several hundred operations on an empty directory, a line for each: what it was, what it returned, the errno, and what
 * became of the file.  Two directories that behave alike give the same lines.  Times, inode numbers and devices are compared among
 * themselves and never printed.  Needs root, as it becomes other users.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#endif

static const char *name_of(int number)
{
	const char *name = number ? strerrorname_np(number) : "ok";

	return name ? name : "?";
}

/* "WHAT: RESULT ERRNO"; descriptors are told apart from errors only. */
#define TRY(expression, ...) \
	({ \
		errno = 0; \
		long tried_ = (long)(expression); \
		int errno_ = tried_ == -1 ? errno : 0; \
		printf(__VA_ARGS__); \
		printf(": %ld %s\n", tried_, name_of(errno_)); \
		tried_; \
	})

#define TRY_OPEN(expression, ...) \
	({ \
		errno = 0; \
		int opened_ = (expression); \
		int errno_ = opened_ < 0 ? errno : 0; \
		printf(__VA_ARGS__); \
		printf(": %s\n", name_of(errno_)); \
		opened_; \
	})

/* What a stranger can see of it. */
static void show(const char *path)
{
	struct stat st;

	errno = 0;
	if (lstat(path, &st) != 0) {
		printf("  %s: %s\n", path, name_of(errno));
		return;
	}
	printf("  %s: mode %o nlink %lu uid %u gid %u size %lld rdev %u:%u\n", path, st.st_mode, (unsigned long)st.st_nlink, st.st_uid,
	       st.st_gid, S_ISDIR(st.st_mode) ? 0ll : (long long)st.st_size, major(st.st_rdev), minor(st.st_rdev));
}

static void make(const char *path, mode_t mode, const char *content)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);

	if (fd < 0 || write(fd, content, strlen(content)) < 0)
		printf("  %s cannot be made: %s\n", path, name_of(errno));
	if (fd >= 0) {
		fchmod(fd, mode);
		close(fd);
	}
}

static void show_content(const char *path)
{
	char content[256];
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content));

	printf("  %s holds %zd: %.*s\n", path, length, length < 0 ? 0 : (int)length, content);
	if (fd >= 0)
		close(fd);
}

/* ---- groups of operations, each in a directory of its own ---- */

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

static void opening(void)
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

static void naming(void)
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

static void renaming(void)
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
					err(1, "the files to rename cannot be made");
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

static void as_user(unsigned int user, void (*act)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0)
			err(1, "user %u", user);
		act();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("  as %u: %d\n", user, status);
}

static void touch_all(void)
{
	static const char *const files[] = {"p000", "p400", "p200", "p600", "p644", "p666", "p755",
					    "d000", "d500", "d700", "d755", "d777", "d1777"};
	struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}}, then[2] = {{.tv_sec = 5}, {.tv_sec = 6}};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char inside[32];

		snprintf(inside, sizeof(inside), "%s/inside", files[i]);
		for (int mode = 0; mode < 8; mode++)
			TRY(access(files[i], mode), "access %s %d", files[i], mode);
		close(TRY_OPEN(open(files[i], O_RDONLY), "open %s", files[i]));
		close(TRY_OPEN(open(files[i], O_WRONLY), "open for writing %s", files[i]));
		TRY(truncate(files[i], 3), "truncate %s", files[i]);
		TRY(chmod(files[i], 0640), "chmod %s", files[i]);
		TRY(chown(files[i], 1, -1), "chown %s", files[i]);
		TRY(chown(files[i], -1, 2), "chgrp %s", files[i]);
		TRY(utimensat(AT_FDCWD, files[i], now, 0), "touch %s", files[i]);
		TRY(utimensat(AT_FDCWD, files[i], then, 0), "set times of %s", files[i]);
		TRY(setxattr(files[i], "user.x", "1", 1, 0), "setxattr %s", files[i]);
		TRY(setxattr(files[i], "trusted.x", "1", 1, 0), "setxattr trusted %s", files[i]);
		close(TRY_OPEN(open(inside, O_RDWR | O_CREAT, 0666), "create in %s", files[i]));
		TRY(unlink(inside), "unlink in %s", files[i]);
		TRY(mkdir(inside, 02777), "mkdir in %s", files[i]);
		TRY(rmdir(inside), "rmdir in %s", files[i]);
		show(files[i]);
	}
	TRY(rename("d1777/theirs", "d1777/moved"), "rename of another's file under sticky");
	TRY(unlink("d1777/theirs"), "unlink of another's file under sticky");
	TRY(link("p600", "d777/link"), "link of another's file");
	TRY(mknod("d777/null", S_IFCHR | 0666, makedev(1, 3)), "mknod");
}

static void permissions(void)
{
	static const mode_t files[] = {0, 0400, 0200, 0600, 0644, 0666, 0755}, dirs[] = {0, 0500, 0700, 0755, 0777, 01777};

	umask(0);
	for (int user = 0; user < 3; user++) { /* root, the owner, a stranger */
		char path[32];

		snprintf(path, sizeof(path), "user%d", user);
		mkdir(path, 0777);
		if (chmod(path, 0777) != 0 || chdir(path) != 0)
			err(1, "%s", path);
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
			snprintf(path, sizeof(path), "p%03o", files[i]);
			make(path, files[i], "12345");
			if (chown(path, 1000, 1000) != 0)
				err(1, "%s", path);
		}
		for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
			snprintf(path, sizeof(path), "d%03o", dirs[i]);
			mkdir(path, dirs[i]);
			if (chmod(path, dirs[i]) != 0 || chown(path, 1000, 1000) != 0)
				err(1, "%s", path);
		}
		make("d1777/theirs", 0666, "");
		as_user(user == 0 ? 0 : 999 + user, touch_all);
		if (chdir("..") != 0)
			err(1, "..");
	}
	umask(022);
}

static void setid(void)
{
	int fd;

	make("f", 0777, "content");
	TRY(chmod("f", 06777), "chmod 6777");
	show("f");
	fd = open("f", O_WRONLY);
	TRY(write(fd, "x", 1), "write by root");
	close(fd);
	show("f");
	TRY(chown("f", 7, 8), "chown");
	show("f");
	TRY(chmod("f", 06777), "chmod 6777");
	TRY(truncate("f", 1), "truncate");
	show("f");
	TRY(mkdir("d", 0777), "mkdir d");
	TRY(chown("d", 5, 6), "chown d");
	TRY(chmod("d", 02777), "chmod 2777");
	make("d/f", 02755, "");
	TRY(mkdir("d/e", 0755), "mkdir in it");
	show("d/f");
	show("d/e");
}

static void write_as_stranger(void)
{
	int fd = open("s", O_WRONLY);

	TRY(write(fd, "x", 1), "write by a stranger");
	close(fd);
	TRY(truncate("t", 2), "truncate by a stranger");
}

static void setid_strangers(void)
{
	make("s", 06777, "content");
	make("t", 06777, "content");
	chmod("s", 06777);
	chmod("t", 06777);
	as_user(1000, write_as_stranger);
	show("s");
	show("t");
}

static void reading_and_writing(void)
{
	static const off_t places[] = {0, 1, 511, 512, 4095, 4096, 4097, 8191, 65535, 1 << 20};
	char big[9000], back[9000], *volatile nowhere = (char *)8;
	struct iovec parts[3] = {{big, 10}, {big + 10, 0}, {big + 10, 4090}};
	int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		TRY(pwrite(fd, big, sizeof(big), places[i]), "pwrite at %lld", (long long)places[i]);
		TRY(pread(fd, back, sizeof(back), places[i]), "pread at %lld", (long long)places[i]);
		TRY(memcmp(big, back, sizeof(big)), "the same");
	}
	show("f");
	TRY(pread(fd, back, 10, 5 << 20), "pread behind the end");
	TRY(pread(fd, back, 10, -1), "pread before the start");
	TRY(pwrite(fd, big, 10, -1), "pwrite before the start");
	TRY(pwrite(fd, big, 0, 9 << 20), "pwrite of nothing");
	TRY(pread(fd, nowhere, 10, 0), "pread into nowhere");
	TRY(pwrite(fd, nowhere, 10, 0), "pwrite from nowhere");
	TRY(preadv2(fd, parts, 3, 4096, 0), "preadv2");
	TRY(preadv2(fd, parts, 3, -1, 0), "preadv2 at the position");
	TRY(pwritev2(fd, parts, 3, 100, RWF_SYNC), "pwritev2 sync");
	TRY(pwritev2(fd, parts, 3, 100, RWF_DSYNC), "pwritev2 dsync");
	TRY(pwritev2(fd, parts, 3, 0, RWF_APPEND), "pwritev2 append");
	TRY(preadv2(fd, parts, 3, 0, 0x4000), "preadv2 with a flag of nobody");
	show("f");
	TRY(lseek(fd, 0, SEEK_END), "seek to the end");
	TRY(lseek(fd, -1, SEEK_SET), "seek before the start");
	TRY(lseek(fd, 0, 99), "seek from nowhere");
	TRY(ftruncate(fd, 0), "ftruncate 0");
	TRY(ftruncate(fd, 100000), "ftruncate longer");
	TRY(ftruncate(fd, -1), "ftruncate below 0");
	TRY(lseek(fd, 0, SEEK_DATA), "data in a hole");
	TRY(lseek(fd, 0, SEEK_HOLE), "hole in a hole");
	TRY(pwrite(fd, big, 4096, 65536), "pwrite in a hole");
	TRY(lseek(fd, 0, SEEK_DATA), "the data");
	TRY(lseek(fd, 65536, SEEK_HOLE), "the hole behind");
	TRY(lseek(fd, 200000, SEEK_DATA), "data behind the end");
	TRY(fsync(fd), "fsync");
	TRY(fdatasync(fd), "fdatasync");
	TRY(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE), "sync_file_range");
	TRY(syncfs(fd), "syncfs");
	TRY(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), "fadvise");
	TRY(readahead(fd, 0, 4096), "readahead");
	close(fd);
	fd = open("f", O_WRONLY | O_APPEND);
	TRY(write(fd, "end", 3), "append");
	TRY(pwrite(fd, "end", 3, 0), "pwrite to append");
	TRY(lseek(fd, 0, SEEK_CUR), "the position");
	TRY(read(fd, back, 1), "read of a writer");
	close(fd);
	show("f");
	fd = open("f", O_RDONLY);
	TRY(write(fd, "x", 1), "write of a reader");
	TRY(ftruncate(fd, 1), "ftruncate of a reader");
	close(fd);
	TRY(truncate("f", 10), "truncate");
	TRY(truncate("missing", 10), "truncate nothing");
	TRY(truncate(".", 10), "truncate a directory");
	show("f");
}

static void allocating(void)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{"allocate", 0},
		{"keep size", FALLOC_FL_KEEP_SIZE},
		{"punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
		{"punch alone", FALLOC_FL_PUNCH_HOLE},
		{"zero", FALLOC_FL_ZERO_RANGE},
		{"zero keep size", FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE},
		{"collapse", FALLOC_FL_COLLAPSE_RANGE},
		{"insert", FALLOC_FL_INSERT_RANGE},
		{"unshare", FALLOC_FL_UNSHARE_RANGE},
		{"nobody's", 0x4000},
	};
	static const off_t ranges[][2] = {{0, 4096}, {4096, 8192}, {100, 200}, {12288, 4096}, {1 << 20, 4096}, {0, 0}, {-1, 5}, {0, -1}};

	for (size_t m = 0; m < sizeof(modes) / sizeof(*modes); m++)
		for (size_t r = 0; r < sizeof(ranges) / sizeof(*ranges); r++) {
			char zeros[16384];
			int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0644);

			memset(zeros, 'z', sizeof(zeros));
			if (write(fd, zeros, sizeof(zeros)) != sizeof(zeros))
				warn("write");
			TRY(fallocate(fd, modes[m].mode, ranges[r][0], ranges[r][1]), "fallocate %s %lld %lld", modes[m].name,
			    (long long)ranges[r][0], (long long)ranges[r][1]);
			show("f");
			TRY(pread(fd, zeros, sizeof(zeros), 0), "what is left");
			printf("  %02x %02x %02x %02x\n", zeros[0], zeros[150], zeros[4096], zeros[12287]);
			close(fd);
		}
}

static void attributes(void)
{
	char value[64], big[65536 + 1];
	int fd;

	memset(big, 'v', sizeof(big));
	make("f", 0644, "content");
	TRY(setxattr("f", "user.a", "1", 1, 0), "setxattr");
	TRY(setxattr("f", "user.a", "22", 2, XATTR_CREATE), "setxattr create again");
	TRY(setxattr("f", "user.b", "22", 2, XATTR_REPLACE), "setxattr replace nothing");
	TRY(setxattr("f", "user.a", "22", 2, XATTR_REPLACE), "setxattr replace");
	TRY(setxattr("f", "user.", "1", 1, 0), "setxattr without a name");
	TRY(setxattr("f", "nobody.a", "1", 1, 0), "setxattr of nobody");
	TRY(setxattr("f", "trusted.a", "1", 1, 0), "setxattr trusted");
	TRY(setxattr("f", "security.a", "1", 1, 0), "setxattr security");
	TRY(setxattr("f", "user.big", big, sizeof(big), 0), "setxattr too big");
	TRY(getxattr("f", "user.a", value, sizeof(value)), "getxattr");
	TRY(getxattr("f", "user.a", value, 1), "getxattr with little room");
	TRY(getxattr("f", "user.a", NULL, 0), "getxattr of the size");
	TRY(getxattr("f", "user.none", value, sizeof(value)), "getxattr of none");
	TRY(removexattr("f", "user.none"), "removexattr of none");
	TRY(listxattr("f", NULL, 0) > 0, "listxattr");
	TRY(removexattr("f", "user.a"), "removexattr");
	TRY(getxattr("f", "user.a", value, sizeof(value)), "getxattr of what went");
	if (symlink("f", "l") != 0 || mkdir("d", 0755) != 0)
		warn("symlink, mkdir");
	TRY(lsetxattr("l", "user.a", "1", 1, 0), "setxattr of a symlink");
	TRY(lsetxattr("l", "trusted.a", "1", 1, 0), "setxattr trusted of a symlink");
	TRY(setxattr("d", "user.a", "1", 1, 0), "setxattr of a directory");
	mkfifo("p", 0644);
	TRY(setxattr("p", "user.a", "1", 1, 0), "setxattr of a fifo");
	{
		/* version 2; user rw, user 1000 rwx, group r, mask rwx, other none */
		static const unsigned char acl[] = {2, 0,    0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  7,
						    0, 0xe8, 3,   0,   0,   4,   0,  4, 0,   255, 255, 255, 255, 16, 0,
						    7, 0,    255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
		unsigned char found[128];

		TRY(setxattr("f", "system.posix_acl_access", acl, sizeof(acl), 0), "set an ACL");
		show("f");
		TRY(getxattr("f", "system.posix_acl_access", found, sizeof(found)), "get it");
		TRY(setxattr("f", "system.posix_acl_access", "bad", 3, 0), "set a broken ACL");
		TRY(setxattr("f", "system.posix_acl_default", acl, sizeof(acl), 0), "set a default ACL of a file");
		TRY(setxattr("d", "system.posix_acl_default", acl, sizeof(acl), 0), "set a default ACL");
		make("d/inherits", 0666, "");
		show("d/inherits");
		TRY(getxattr("d/inherits", "system.posix_acl_access", found, sizeof(found)), "an inherited ACL");
		TRY(mkdir("d/sub", 0777), "mkdir under a default ACL");
		TRY(getxattr("d/sub", "system.posix_acl_default", found, sizeof(found)), "an inherited default ACL");
		TRY(chmod("f", 0600), "chmod under an ACL");
		TRY(getxattr("f", "system.posix_acl_access", found, sizeof(found)), "the ACL then");
		TRY(removexattr("f", "system.posix_acl_access"), "remove it");
		show("f");
	}
	fd = open("f", O_RDWR);
	for (int flag = 0; flag < 2; flag++) {
		int flags = 0, set = flag ? FS_APPEND_FL : FS_IMMUTABLE_FL, none = 0;

		TRY(ioctl(fd, FS_IOC_GETFLAGS, &flags), "get flags");
		TRY(ioctl(fd, FS_IOC_SETFLAGS, &set), "set flag %d", flag);
		TRY(chmod("f", 0644), "chmod then");
		TRY(unlink("f"), "unlink then");
		TRY(rename("f", "e"), "rename then");
		TRY(link("f", "e"), "link then");
		close(TRY_OPEN(open("f", O_WRONLY), "open for writing then"));
		close(TRY_OPEN(open("f", O_WRONLY | O_APPEND), "open to append then"));
		TRY(truncate("f", 1), "truncate then");
		TRY(ioctl(fd, FS_IOC_SETFLAGS, &none), "clear flags");
		make("f", 0644, "content");
	}
	close(fd);
}

static void times(void)
{
	struct timespec set[2] = {{.tv_sec = 1000000, .tv_nsec = 123456789}, {.tv_sec = 2000000, .tv_nsec = 987654321}};
	struct stat before, after;
	int fd;

	make("f", 0644, "content");
	TRY(utimensat(AT_FDCWD, "f", set, 0), "utimensat");
	TRY(stat("f", &after) == 0 && after.st_atim.tv_sec == 1000000 && after.st_mtim.tv_sec == 2000000, "times are those");
	TRY(stat("f", &before), "stat");
	usleep(20000);
	fd = open("f", O_RDWR);
	TRY(write(fd, "x", 1), "write");
	TRY(stat("f", &after) == 0 && after.st_mtim.tv_sec > before.st_mtim.tv_sec, "writing changes mtime");
	TRY(after.st_ctim.tv_sec > before.st_ctim.tv_sec || after.st_ctim.tv_nsec != before.st_ctim.tv_nsec, "and ctime");
	close(fd);
	TRY(utimensat(AT_FDCWD, "f", set, 0), "utimensat");
	TRY(truncate("f", 3), "truncate");
	TRY(stat("f", &after) == 0 && after.st_mtim.tv_sec > 2000000, "truncating changes mtime");
	TRY(utimensat(AT_FDCWD, ".", set, 0), "utimensat of a directory");
	make("g", 0644, "");
	TRY(stat(".", &after) == 0 && after.st_mtim.tv_sec > 2000000, "making a file changes the directory's");
	TRY(utimensat(AT_FDCWD, ".", set, 0), "utimensat of a directory");
	TRY(unlink("g"), "unlink");
	TRY(stat(".", &after) == 0 && after.st_mtim.tv_sec > 2000000, "so does removing it");
	TRY(futimens(-1, set), "futimens of nothing");
}

static void open_and_gone(void)
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

static void locking(void)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, ask = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int one, two, status;
	pid_t child;

	make("f", 0644, "content");
	one = open("f", O_RDWR);
	two = open("f", O_RDWR);
	TRY(flock(one, LOCK_EX | LOCK_NB), "flock");
	TRY(flock(two, LOCK_EX | LOCK_NB), "flock again");
	TRY(flock(two, LOCK_SH | LOCK_NB), "flock shared");
	TRY(flock(one, LOCK_UN), "unlock");
	TRY(flock(two, LOCK_SH | LOCK_NB), "flock shared");
	TRY(flock(one, LOCK_SH | LOCK_NB), "flock shared by both");
	TRY(fcntl(one, F_SETLK, &whole), "lock");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		TRY(fcntl(two, F_SETLK, &ask), "lock of another process");
		TRY(fcntl(two, F_GETLK, &ask), "who has it");
		TRY(ask.l_pid == getppid(), "the parent");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	whole.l_type = F_UNLCK;
	TRY(fcntl(one, F_SETLK, &whole), "unlock");
	whole.l_type = F_WRLCK;
	whole.l_pid = 0;
	TRY(fcntl(one, F_OFD_SETLK, &whole), "OFD lock");
	TRY(fcntl(two, F_OFD_SETLK, &whole), "OFD lock of the other descriptor");
	close(one);
	TRY(fcntl(two, F_OFD_SETLK, &whole), "after the first was closed");
	close(two);
	one = open("f", O_RDONLY);
	TRY(fcntl(one, F_SETLEASE, F_RDLCK), "read lease");
	TRY(fcntl(one, F_GETLEASE), "get lease");
	TRY(fcntl(one, F_SETLEASE, F_UNLCK), "give it back");
	TRY(fcntl(one, F_SETLEASE, F_WRLCK), "write lease");
	TRY(fcntl(one, F_SETLEASE, F_UNLCK), "give it back");
	close(one);
}

static void mapping(void)
{
	char *map, back[8] = {0};
	int fd;

	make("f", 0644, "content");
	TRY(truncate("f", 10000), "truncate");
	fd = open("f", O_RDWR);
	map = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	TRY(map != MAP_FAILED, "map shared");
	if (map != MAP_FAILED) {
		printf("  %.7s\n", map);
		map[0] = 'C';
		TRY(pread(fd, back, 7, 0), "read what was written there");
		printf("  %.7s\n", back);
		TRY(pwrite(fd, "xyz", 3, 4096), "write beside it");
		printf("  %.3s\n", map + 4096);
		TRY(msync(map, 12288, MS_SYNC), "msync");
		TRY(map[10000], "behind the end");
		TRY(munmap(map, 12288), "munmap");
	}
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	TRY(map != MAP_FAILED, "map private");
	if (map != MAP_FAILED) {
		map[1] = 'O';
		TRY(pread(fd, back, 7, 0), "read");
		printf("  %.7s\n", back);
		munmap(map, 4096);
	}
	close(fd);
	show_content("f");
	fd = open("f", O_RDONLY);
	TRY(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED, "map a reader for writing");
	close(fd);
	if (system("cp /bin/busybox busybox 2>/dev/null || cp /bin/true busybox") == 0)
		TRY(system("./busybox true 2>/dev/null || ./busybox"), "run a program");
	fd = TRY_OPEN(open("busybox", O_RDONLY), "open it");
	close(fd);
}

static void copying(void)
{
	int in, out, pipe_ends[2];
	loff_t from = 2, to = 5;
	off_t at = 1;

	make("in", 0644, "the content of a file");
	in = open("in", O_RDONLY);
	out = open("out", O_RDWR | O_CREAT, 0644);
	TRY(copy_file_range(in, &from, out, &to, 10, 0), "copy_file_range");
	TRY(copy_file_range(in, &from, out, &to, 10, 1), "copy_file_range with a flag");
	TRY(copy_file_range(out, &from, in, &to, 10, 0), "copy_file_range to a reader");
	TRY(sendfile(out, in, &at, 7), "sendfile");
	if (pipe(pipe_ends) != 0)
		err(1, "pipe");
	from = 0;
	to = 20;
	TRY(splice(in, &from, pipe_ends[1], NULL, 11, 0), "splice out of it");
	TRY(splice(pipe_ends[0], NULL, out, &to, 11, 0), "splice into it");
	show_content("out");
	TRY(ioctl(out, FICLONE, in), "reflink");
	TRY(ftruncate(out, 0), "truncate");
	TRY(ioctl(out, FICLONE, out), "reflink onto itself");
	close(in);
	close(out);
	show("out");
}

static void listing(void)
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
	entry = readdir(dir);
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

static void whole(void)
{
	struct statvfs st;

	TRY(statvfs(".", &st), "statvfs");
	TRY(st.f_namemax, "names may be so long");
	TRY(st.f_bsize, "a block has");
	TRY(pathconf(".", _PC_NAME_MAX), "pathconf NAME_MAX");
	TRY(pathconf(".", _PC_LINK_MAX), "pathconf LINK_MAX");
	TRY(pathconf(".", _PC_CHOWN_RESTRICTED), "pathconf CHOWN_RESTRICTED");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} groups[] = {
		{"opening", opening},
		{"naming", naming},
		{"renaming", renaming},
		{"permissions", permissions},
		{"setid", setid},
		{"setid_strangers", setid_strangers},
		{"reading", reading_and_writing},
		{"allocating", allocating},
		{"attributes", attributes},
		{"times", times},
		{"gone", open_and_gone},
		{"locking", locking},
		{"mapping", mapping},
		{"copying", copying},
		{"listing", listing},
		{"whole", whole},
	};

	if (argc != 2 || chdir(argv[1]) != 0)
		errx(2, "usage: fs_ops DIRECTORY");
	umask(022);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		printf("== %s\n", groups[i].name);
		if (mkdir(groups[i].name, 0777) != 0 || chmod(groups[i].name, 0777) != 0 || chdir(groups[i].name) != 0)
			err(1, "%s", groups[i].name);
		groups[i].run();
		if (chdir("..") != 0)
			err(1, "..");
	}
	return 0;
}
