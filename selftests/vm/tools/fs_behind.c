// SPDX-License-Identifier: GPL-2.0
/* fs_behind LOWER OVER: what a file that is mapped into memory through OVER answers when it was changed in LOWER, one line for each call. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define SIZE 8192

static char lower[256], over[256], other[256];
static bool on_fat;

static void said(const char *what, long status)
{
	printf("%s: %s\n", what, status < 0 ? strerrorname_np(errno) : "ok");
}

static int must(const char *what, int status)
{
	if (status < 0) {
		said(what, status);
		exit(1);
	}
	return status;
}

/* FAT has no links, and no modes but one. */
static void must_but_on_fat(const char *what, int status)
{
	if (status == 0 || !on_fat || errno != EPERM)
		must(what, status);
}

/* Longer than the coarsest tick of a file system that is told apart: of FAT, 2 s. */
static void wait_for_tick(void)
{
	nanosleep(&(struct timespec){.tv_sec = on_fat ? 2 : 0, .tv_nsec = 30000000}, NULL);
}

static void try_all(const char *when, int fd)
{
	char byte = 'x', what[64];
	int again = open(over, O_RDWR);
	void *map;

	snprintf(what, sizeof(what), "%s: open", when);
	said(what, again);
	if (again >= 0)
		close(again);
	snprintf(what, sizeof(what), "%s: read", when);
	said(what, pread(fd, &byte, 1, 0));
	snprintf(what, sizeof(what), "%s: write", when);
	said(what, pwrite(fd, &byte, 1, 5000));
	snprintf(what, sizeof(what), "%s: fsync", when);
	said(what, fsync(fd));
	map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	snprintf(what, sizeof(what), "%s: mmap", when);
	said(what, map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, SIZE);
}

/* Everything that changes a file through OVER itself. */
static void change_ourselves(int fd, char *map)
{
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000}};

	map[1] = 'm';
	must("msync", msync(map, SIZE, MS_SYNC));
	must("pwrite", pwrite(fd, "w", 1, 2));
	wait_for_tick();
	must("fsync", fsync(fd));
	must_but_on_fat("chmod", fchmod(fd, 0600));
	must_but_on_fat("link", link(over, other));
	if (!on_fat)
		must("unlink", unlink(other));
	must("ftruncate", ftruncate(fd, SIZE + 100));
	must("ftruncate", ftruncate(fd, SIZE));
	must("fallocate", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, SIZE));
	must("futimens", futimens(fd, times));
}

static void change_behind(const char *what)
{
	int fd = must("open below", open(lower, O_RDWR));

	wait_for_tick();
	must(what, pwrite(fd, what, 1, 0));
	close(fd);
}

static char *mapped(int fd)
{
	char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	must("mmap", map == MAP_FAILED ? -1 : 0);
	return map;
}

int main(int argc, char **argv)
{
	struct statfs below;
	char byte = 0;
	char *map;
	int fd;

	if (argc != 3)
		return 2;
	snprintf(lower, sizeof(lower), "%s/behind", argv[1]);
	snprintf(over, sizeof(over), "%s/behind", argv[2]);
	snprintf(other, sizeof(other), "%s/behind-too", argv[2]);
	must("statfs", statfs(argv[1], &below));
	on_fat = below.f_type == MSDOS_SUPER_MAGIC;
	fd = must("create", open(over, O_RDWR | O_CREAT | O_TRUNC, 0644));
	must("ftruncate", ftruncate(fd, SIZE));

	change_behind("below");
	must("read", pread(fd, &byte, 1, 0));
	printf("not mapped, the byte from below: %c\n", byte);
	try_all("not mapped", fd);
	close(fd);

	fd = must("open", open(over, O_RDWR));
	map = mapped(fd);
	change_ourselves(fd, map);
	try_all("mapped", fd);
	change_behind("changed");
	try_all("changed below", fd);
	munmap(map, SIZE);
	close(fd);

	fd = must("open", open(over, O_RDWR));
	map = mapped(fd);
	map[3] = 'm'; /* never to be written back */
	change_behind("later");
	munmap(map, SIZE);
	close(fd);

	fd = must("open", open(over, O_RDWR));
	try_all("given up", fd);
	must("read", pread(fd, &byte, 1, 0));
	printf("given up, the byte from below: %c\n", byte);
	mapped(fd);
	wait_for_tick();
	must("unlink", unlink(over));
	try_all("removed", fd);
	return 0;
}
