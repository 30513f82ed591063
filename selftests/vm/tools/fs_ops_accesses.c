// SPDX-License-Identifier: GPL-2.0
/* When a file was read last, under each policy of a mount. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <time.h>

#include "fs_ops.h"

/* The next use of the file finds it read long before it was written. */
static void age(const char *path)
{
	struct timespec set[2] = {{.tv_sec = 1000000}, {.tv_sec = 2000000}};

	if (utimensat(AT_FDCWD, path, set, AT_SYMLINK_NOFOLLOW) != 0)
		printf("  %s cannot be aged: %s\n", path, name_of(errno));
}

static struct timespec access_time(const char *path)
{
	struct stat st = {0};

	lstat(path, &st);
	return st.st_atim;
}

/* What happens next has a later time: those of files follow the clock's ticks. */
static void wait_for_the_clock(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	do
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
	while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
}

/* Whether what is done to the file changes when it was read last, the first time and at once again. */
static void accesses(const char *what, const char *path, void (*act)(void))
{
	struct timespec then, first, second;

	age(path);
	wait_for_the_clock();
	then = access_time(path);
	act();
	first = access_time(path);
	wait_for_the_clock();
	act();
	second = access_time(path);
	printf("  %s: %d %d\n", what, first.tv_sec != then.tv_sec, second.tv_sec != first.tv_sec || second.tv_nsec != first.tv_nsec);
}

static void read_it(void)
{
	char byte;
	int fd = open("f", O_RDONLY);

	if (read(fd, &byte, 1) != 1)
		warn("read");
	close(fd);
}

static void read_its_end(void)
{
	char byte;
	int fd = open("f", O_RDONLY);

	if (pread(fd, &byte, 1, 1 << 20) != 0)
		warn("read");
	close(fd);
}

static void read_nothing(void)
{
	char byte;
	int fd = open("f", O_RDONLY);

	if (read(fd, &byte, 0) != 0)
		warn("read");
	close(fd);
}

static void read_silently(void)
{
	char byte;
	int fd = open("f", O_RDONLY | O_NOATIME);

	if (read(fd, &byte, 1) != 1)
		warn("read");
	close(fd);
}

static void read_silently_later(void)
{
	char byte;
	int fd = open("f", O_RDONLY);

	if (fcntl(fd, F_SETFL, O_NOATIME) != 0 || read(fd, &byte, 1) != 1)
		warn("read");
	close(fd);
}

static void map_it(void)
{
	int fd = open("f", O_RDONLY);
	volatile char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	if (map[0] != 'c')
		printf("  is mapped otherwise\n");
	munmap((void *)map, 4096);
	close(fd);
}

static void send_it(void)
{
	int in = open("f", O_RDONLY), out = open("/dev/null", O_WRONLY);

	if (sendfile(out, in, NULL, 3) != 3)
		warn("sendfile");
	close(in);
	close(out);
}

static void open_it(void)
{
	close(open("f", O_RDONLY));
}

static void ask_about_it(void)
{
	struct stat st;
	char value[8];

	stat("f", &st);
	getxattr("f", "user.none", value, sizeof(value));
}

static void list_it(void)
{
	DIR *dir = opendir("d");

	while (readdir(dir))
		;
	closedir(dir);
}

static void look_into_it(void)
{
	struct stat st;

	stat("d/inside", &st);
	close(open("d", O_RDONLY));
}

static void read_the_link(void)
{
	char target[8];

	if (readlink("l", target, sizeof(target)) != 1)
		warn("readlink");
}

static void follow_the_link(void)
{
	struct stat st;

	stat("l", &st);
}

static void use_the_fifo(void)
{
	char byte;
	int fd = open("p", O_RDWR);

	if (write(fd, "x", 1) != 1 || read(fd, &byte, 1) != 1)
		warn("fifo");
	close(fd);
}

static void all_accesses(const char *policy)
{
	struct stat st;
	char byte;
	int fd;

	printf(" %s\n", policy);
	accesses("read", "f", read_it);
	accesses("read at the end", "f", read_its_end);
	accesses("read of nothing", "f", read_nothing);
	accesses("read with O_NOATIME", "f", read_silently);
	accesses("read with O_NOATIME set later", "f", read_silently_later);
	accesses("map", "f", map_it);
	accesses("sendfile", "f", send_it);
	accesses("open", "f", open_it);
	accesses("ask", "f", ask_about_it);
	accesses("list", "d", list_it);
	accesses("look into it", "d", look_into_it);
	accesses("read a link", "l", read_the_link);
	accesses("follow a link", "l", follow_the_link);
	accesses("read a fifo", "p", use_the_fifo);
	TRY(stat("p", &st) == 0 && st.st_mtim.tv_sec != 2000000, "writing to it changed mtime");
	fd = open("f", O_RDWR);
	{
		void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		accesses("read while mapped", "f", read_it);
		accesses("read with O_NOATIME while mapped", "f", read_silently);
		age("f");
		TRY(pwrite(fd, "c", 1, 0), "write while mapped");
		TRY(stat("f", &st) == 0 && st.st_mtim.tv_sec != 2000000 && st.st_atim.tv_sec == 1000000, "it changed mtime only");
		munmap(map, 4096);
	}
	close(fd);
	TRY(stat("f", &st) == 0 && st.st_mtim.tv_sec != 2000000 && st.st_atim.tv_sec == 1000000, "also later");
	age("f");
	fd = open("f", O_RDWR | O_APPEND);
	TRY(write(fd, "x", 1), "append");
	TRY(stat("f", &st) == 0 && st.st_mtim.tv_sec != 2000000 && st.st_atim.tv_sec == 1000000, "it changed mtime only");
	TRY(pread(fd, &byte, 1, 0), "read");
	close(fd);
}

void accessing(void)
{
	static const struct {
		const char *name;
		unsigned long flags;
	} policies[] = {{"strictatime", MS_STRICTATIME},
			{"noatime", MS_NOATIME},
			{"nodiratime", MS_STRICTATIME | MS_NODIRATIME},
			{"relatime", MS_RELATIME}};

	make("f", 0644, "content");
	mkdir("d", 0755);
	mkfifo("p", 0644);
	if (symlink("f", "l") != 0)
		warn("symlink");
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		TRY(mount(NULL, mount_point, NULL, MS_REMOUNT | MS_BIND | policies[i].flags, NULL), "mount with %s", policies[i].name);
		all_accesses(policies[i].name);
	}
}
