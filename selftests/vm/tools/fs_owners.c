// SPDX-License-Identifier: GPL-2.0
/*
 * fs_owners map DIRECTORY TARGET: mounts a directory so that owner 0 of its files is 10000 there, and so on.
 * fs_owners try DIRECTORY: what users can do in such a mount, a line for each operation.
 * fs_owners as USER COMMAND...: runs it as that user.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SHIFT 10000

static void become(unsigned int user)
{
	if (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0)
		err(1, "user %u", user);
}

/* ---- map ---- */

static void write_map(pid_t of, const char *name)
{
	char path[64], map[32];
	int fd, length = snprintf(map, sizeof(map), "0 %d 50000", SHIFT);

	snprintf(path, sizeof(path), "/proc/%d/%s", of, name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, map, (size_t)length) != length)
		err(1, "%s", path);
	close(fd);
}

static int user_namespace(void)
{
	char path[64], byte;
	int ready[2], fd;
	pid_t child;

	if (pipe(ready) != 0)
		err(1, "pipe");
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWUSER) != 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	if (read(ready[0], &byte, 1) != 1)
		err(1, "no user namespace");
	write_map(child, "uid_map");
	write_map(child, "gid_map");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return fd;
}

static void map(const char *directory, const char *target)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace()};
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, directory, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) != 0 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) != 0)
		err(1, "mapping %s", directory);
}

/* ---- try ---- */

#define TRY(expression, what) \
	({ \
		errno = 0; \
		long tried_ = (long)(expression); \
		printf("%s: %s\n", what, tried_ < 0 ? strerrorname_np(errno) : "ok"); \
		tried_; \
	})

static void show(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		printf("  %s: %o %u %u\n", path, st.st_mode, st.st_uid, st.st_gid);
	else
		printf("  %s: %s\n", path, strerrorname_np(errno));
}

static void make(const char *path)
{
	int fd = (int)TRY(open(path, O_CREAT | O_EXCL | O_RDWR, 0640), path);

	if (fd >= 0)
		close(fd);
	show(path);
}

struct entry {
	uint16_t tag, rights;
	uint32_t id;
};

struct acl {
	uint32_t version;
	struct entry entries[6];
};

static void set_acl(const char *path, const char *name, uint32_t user, uint32_t group)
{
	struct acl acl = {2, {{1, 6, -1u}, {2, 7, user}, {4, 0, -1u}, {8, 5, group}, {16, 7, -1u}, {32, 0, -1u}}};

	TRY(setxattr(path, name, &acl, sizeof(acl), 0), name);
}

static void show_acl(const char *path, const char *name)
{
	struct acl acl;
	ssize_t length = getxattr(path, name, &acl, sizeof(acl));

	printf("  %s of %s: %zd\n", name, path, length);
	for (ssize_t i = 0; i < (length - 4) / (ssize_t)sizeof(struct entry); i++)
		printf("    %u %u %d\n", acl.entries[i].tag, acl.entries[i].rights, (int)acl.entries[i].id);
}

static void as_owner(void)
{
	make("mine");
	TRY(mkdir("dir", 0700), "mkdir");
	show("dir");
	TRY(symlink("mine", "link"), "symlink");
	show("link");
	TRY(mkfifo("fifo", 0600), "mkfifo");
	show("fifo");
	TRY(link("mine", "linked"), "link");
	show("linked");
	TRY(chmod("mine", 0660), "chmod");
	TRY(chown("mine", SHIFT + 1, -1), "chown by the owner");
	set_acl("mine", "system.posix_acl_access", SHIFT + 1000, SHIFT + 2000);
	show_acl("mine", "system.posix_acl_access");
	set_acl("dir", "system.posix_acl_default", SHIFT + 1000, SHIFT + 2000);
	show_acl("dir", "system.posix_acl_default");
	make("dir/inherits");
	show_acl("dir/inherits", "system.posix_acl_access");
	set_acl("mine", "system.posix_acl_access", 5, 6);
	make(".hidden");
	{
		int fd = (int)TRY(open(".", O_TMPFILE | O_RDWR, 0600), "a file without a name");
		struct stat st;

		if (fd >= 0 && fstat(fd, &st) == 0)
			printf("  %u %u\n", st.st_uid, st.st_gid);
	}
}

static void try_its_files(void)
{
	TRY(access("mine", R_OK | W_OK), "access");
	TRY(open("mine", O_RDWR), "open");
	TRY(access("dir/inherits", R_OK), "access in the directory");
	TRY(chmod("mine", 0600), "chmod");
	TRY(unlink("mine"), "unlink");
}

static void as_other(void)
{
	make("others");
	try_its_files();
}

static void as_nobody(void)
{
	make("nobodys");
	try_its_files();
}

static void as_root(void)
{
	make("roots");
	TRY(mkdir("dir/of_root", 0700), "mkdir");
	TRY(chown("mine", SHIFT + 7, SHIFT + 8), "chown");
	show("mine");
	TRY(chown("mine", 7, -1), "chown to a user whom nobody maps");
	TRY(chown("mine", -1, 8), "chown to a group that nobody maps");
	show("mine");
	TRY(unlink("linked"), "unlink");
	TRY(truncate("mine", 10), "truncate");
}

static void as(unsigned int user, void (*act)(void))
{
	pid_t child;

	printf("== %u\n", user);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (user)
			become(user);
		act();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void try_all(void)
{
	show(".");
	as(SHIFT, as_owner);
	as(SHIFT + 1000, as_other);
	as(SHIFT + 3000, as_other);
	as(1000, as_nobody);
	as(0, as_root);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "map") == 0) {
		map(argv[2], argv[3]);
	} else if (argc == 3 && strcmp(argv[1], "try") == 0 && chdir(argv[2]) == 0) {
		umask(022);
		try_all();
	} else if (argc > 3 && strcmp(argv[1], "as") == 0) {
		become((unsigned int)atoi(argv[2]));
		execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	} else {
		errx(2, "usage: fs_owners map DIRECTORY TARGET | try DIRECTORY | as USER COMMAND...");
	}
	return 0;
}
