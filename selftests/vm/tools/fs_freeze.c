// SPDX-License-Identifier: GPL-2.0
/* fs_freeze DIRECTORY LOWER: freezes the file system of a directory, and shows whom that stops in both. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE 500 /* ms */

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
}

/* Return: a descriptor that ends when it has been made. */
static int make_in_background(const char *directory, const char *name)
{
	char path[256];
	int ends[2];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (pipe(ends) != 0)
		err(2, "pipe");
	if (fork() == 0) {
		close(ends[0]);
		if (mkdir(path, 0700) != 0)
			err(1, "%s", path);
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

/* A process that has written to a mapping, and closes the file when `go` ends.  Return: a descriptor that ends when it has. */
static int close_in_background(const char *directory, int go)
{
	char path[256], byte;
	int ends[2], mapped[2], fd;
	char *map;

	snprintf(path, sizeof(path), "%s/mapped", directory);
	if (pipe(ends) != 0 || pipe(mapped) != 0)
		err(2, "pipe");
	if (fork() == 0) {
		close(ends[0]);
		fd = open(path, O_RDWR | O_CREAT, 0600);
		map = ftruncate(fd, 4096) == 0 ? mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
		if (map == MAP_FAILED)
			err(1, "%s", path);
		map[0] = 'm';
		if (write(mapped[1], "", 1) != 1 || read(go, &byte, 1) != 1)
			err(1, "pipe");
		munmap(map, 4096);
		close(fd);
		_exit(0);
	}
	close(ends[1]);
	if (read(mapped[0], &byte, 1) != 1)
		errx(1, "%s was not mapped", path);
	return ends[0];
}

static int is_done(int pipe, int timeout)
{
	struct pollfd ask = {.fd = pipe, .events = POLLIN};

	return poll(&ask, 1, timeout) > 0;
}

int main(int argc, char **argv)
{
	int fd, above, below, closed, frozen, go[2];
	struct stat st;

	if (argc != 3 || (fd = open(argv[1], O_RDONLY | O_DIRECTORY)) < 0)
		errx(2, "usage: fs_freeze DIRECTORY LOWER");
	say("thaw what is not frozen", ioctl(fd, FITHAW, 0));
	if (pipe(go) != 0)
		err(2, "pipe");
	closed = close_in_background(argv[1], go[0]);
	frozen = ioctl(fd, FIFREEZE, 0);
	say("freeze", frozen);
	if (write(go[1], "", 1) != 1)
		err(2, "pipe");
	if (frozen != 0)
		return !is_done(closed, -1);
	say("freeze again", ioctl(fd, FIFREEZE, 0));
	printf("a mapped file is closed: %d\n", is_done(closed, 20 * PATIENCE));
	above = make_in_background(argv[1], "above");
	below = make_in_background(argv[2], "below");
	printf("written above: %d\n", is_done(above, PATIENCE));
	printf("written below: %d\n", is_done(below, PATIENCE));
	say("stat", stat(argv[1], &st));
	say("syncfs", syncfs(fd));
	say("thaw", ioctl(fd, FITHAW, 0));
	printf("written above: %d\n", is_done(above, -1));
	printf("written below: %d\n", is_done(below, -1));
	say("thaw again", ioctl(fd, FITHAW, 0));
	return 0;
}
