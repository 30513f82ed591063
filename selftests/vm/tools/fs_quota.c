// SPDX-License-Identifier: GPL-2.0
/*
 * fs_quota DEVICE DIRECTORY: limits a user on the ext4 of a device, and shows whom that stops in an empty directory of it; then what an
 * ordinary user leaves of a file system that is full.  Leaves nothing behind.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/quota.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMITED 1000
#define STRANGER 2000
#define BLOCKS 64 /* of 1024 bytes */
#define FILES 8

static const char *name_of_errno(void)
{
	const char *name = errno ? strerrorname_np(errno) : "ok";

	return name ? name : "?";
}

/* Until it is stopped, or BYTES were written. */
static void fill(const char *path, long bytes)
{
	static char block[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	long done = 0;
	ssize_t step = 1;

	errno = 0;
	while (done < bytes && step > 0) {
		step = write(fd, block, sizeof(block));
		if (step > 0)
			done += step;
	}
	printf("  %s: %ld bytes, %s\n", path, done, name_of_errno());
	close(fd);
}

static void make_files(void)
{
	int made = 0;

	errno = 0;
	for (int i = 0; i < 2 * FILES && !errno; i++) {
		char path[16];
		int fd;

		snprintf(path, sizeof(path), "many%d", i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
		made += fd >= 0;
		if (fd >= 0)
			close(fd);
	}
	printf("  %d files, %s\n", made, name_of_errno());
	for (int i = 0; i < 2 * FILES; i++) {
		char path[16];

		snprintf(path, sizeof(path), "many%d", i);
		unlink(path);
	}
}

static void drop_capability(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		err(1, "capget");
	data[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective &= ~CAP_TO_MASK(CAP_SYS_RESOURCE);
	if (syscall(SYS_capset, &header, data) != 0)
		err(1, "capset");
}

/* Where it ends differs: at the fault, or when it is written back. */
static void fill_mapping(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0666);
	char *map;

	if (fork() == 0) {
		map = ftruncate(fd, 1 << 18) == 0 ? mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
		if (map == MAP_FAILED)
			err(1, "mapped");
		memset(map, 'm', 1 << 18);
		fsync(fd);
		_exit(0);
	}
	wait(NULL);
	close(fd);
}

static void say_mapped(void)
{
	struct stat st;

	sync();
	printf("  of a mapping of 262144 bytes, more than the limit: %d\n", stat("mapped", &st) == 0 && st.st_blocks / 2 > BLOCKS);
	unlink("mapped");
}

static void as_limited(void)
{
	make_files();
	fill("limited", 1 << 20);
}

static void as_root(void)
{
	fill("limited", 1 << 18);
}

static void as_root_without(void)
{
	drop_capability();
	fill("limited", 1 << 18);
}

static void give_away(void)
{
	drop_capability();
	fill("given", 1 << 17);
	errno = 0;
	printf("  chown: %d", chown("given", LIMITED, -1));
	printf(" %s\n", name_of_errno());
}

static void fill_all(void)
{
	static char block[4096];
	int fd = open("all", O_WRONLY | O_CREAT, 0666);

	while (write(fd, block, sizeof(block)) > 0)
		;
	printf("  all: %s\n", name_of_errno());
	close(fd);
}

static void as(unsigned int user, const char *what, void (*act)(void))
{
	pid_t child;

	printf("%s\n", what);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (user && (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 || setresuid(user, user, user) != 0))
			err(1, "user %u", user);
		act();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void limit(const char *device, unsigned long blocks, unsigned long files)
{
	struct dqblk quota = {.dqb_bhardlimit = blocks, .dqb_ihardlimit = files, .dqb_valid = QIF_LIMITS};

	if (quotactl(QCMD(Q_SETQUOTA, USRQUOTA), device, LIMITED, (char *)&quota) != 0)
		err(1, "quotactl");
}

int main(int argc, char **argv)
{
	struct statvfs before, left;

	if (argc != 3 || chdir(argv[2]) != 0 || chmod(".", 0777) != 0)
		errx(2, "usage: fs_quota DEVICE DIRECTORY");
	umask(0);
	limit(argv[1], BLOCKS, FILES);
	as(LIMITED, "the user", as_limited);
	as(0, "root", as_root);
	as(0, "root without the capability", as_root_without);
	unlink("limited");
	as(LIMITED, "the user, by a mapping", fill_mapping);
	say_mapped();
	as(0, "root gives away", give_away);
	unlink("given");
	limit(argv[1], 0, 0);
	if (statvfs(".", &before) != 0)
		err(1, "statvfs");
	as(STRANGER, "a stranger", fill_all);
	if (statvfs(".", &left) != 0)
		err(1, "statvfs");
	printf("reserve: %s\n", left.f_bfree > (before.f_bfree - before.f_bavail) / 2 ? "left" : "used");
	unlink("all");
	sync();
	return 0;
}
