// SPDX-License-Identifier: GPL-2.0
/*
 * fs_ops DIRECTORY: several hundred operations on an empty mount point, a line for each: what it was, what it returned, the errno, and what
 * became of the file.  Two directories that behave alike give the same lines.  Times, inode numbers and devices are compared among
 * themselves and never printed.  Needs root, as it becomes other users.
 */
#define _GNU_SOURCE
#include <err.h>
#include <grp.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "fs_ops.h"

const char *mount_point;

const char *name_of(int number)
{
	const char *name = number ? strerrorname_np(number) : "ok";

	return name ? name : "?";
}

void show(const char *path)
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

void make(const char *path, mode_t mode, const char *content)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);

	if (fd < 0 || write(fd, content, strlen(content)) < 0)
		printf("  %s cannot be made: %s\n", path, name_of(errno));
	if (fd >= 0) {
		fchmod(fd, mode);
		close(fd);
	}
}

void show_content(const char *path)
{
	char content[256];
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content));

	printf("  %s holds %zd: %.*s\n", path, length, length < 0 ? 0 : (int)length, content);
	if (fd >= 0)
		close(fd);
}

void as_user(unsigned int user, void (*act)(void))
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
		{"extents", extents},
		{"attributes", attributes},
		{"times", times},
		{"accessing", accessing},
		{"gone", open_and_gone},
		{"locking", locking},
		{"mapping", mapping},
		{"copying", copying},
		{"listing", listing},
		{"whole", whole},
	};

	if (argc != 2 || chdir(argv[1]) != 0)
		errx(2, "usage: fs_ops DIRECTORY");
	mount_point = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0); /* both may be one file */
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
