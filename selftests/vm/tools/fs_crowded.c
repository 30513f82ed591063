// SPDX-License-Identifier: GPL-2.0
/*
 * fs_crowded FILE: makes a file on orielfs of nearly as many extents as it may have, and many more by writing to pages of it, while others read.
 * Extents are copied together beneath them all.  Prints 1 if there were as many, and as often as they were made fewer.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../module/include/uapi/linux/oriel_fs.h"

enum {
	most = 131072, /* extents of a file: see Documentation/reference/orielfs-format.md */
	step = 16,
	holes = most / 2 - 40,
	crowded = holes * step, /* bytes, with a hole of one in each step */
	page = 4096,
	pages = 512, /* behind them, two for each that is written to */
	writers = 2,
	size = (crowded / page + 1 + 2 * pages) * page,
};

static unsigned char bytes[size]; /* what is to be there */

static unsigned int extents(int fd)
{
	struct oriel_fs_look told = {.abi = ORIEL_FS_ABI_VERSION};

	if (ioctl(fd, ORIEL_FS_IOC_LOOK, &told) != 0)
		err(1, "look");
	return told.extents;
}

static void compare(int fd, long at, long length)
{
	static unsigned char there[size];

	if (pread(fd, there, length, at) != length)
		err(1, "read of %ld at %ld", length, at);
	for (long i = 0; i < length; i++)
		if (there[i] != bytes[at + i])
			errx(1, "byte %ld is %02x instead of %02x", at + i, there[i], bytes[at + i]);
}

static void punch(int fd, long at)
{
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 1) != 0)
		err(1, "a hole at %ld", at);
	bytes[at] = 0;
}

static void make(int fd)
{
	for (long i = 0; i <= crowded; i++)
		bytes[i] = 1 + i % 251;
	if (write(fd, bytes, crowded + 1) != crowded + 1 || fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 1) != 0)
		err(1, "a file that is cut");
	memmove(bytes, bytes + 1, crowded);
	bytes[crowded] = 0;
	for (long i = 0; i < holes; i++)
		punch(fd, i * step + step / 2);
	if (ftruncate(fd, size) != 0)
		err(1, "a hole behind them");
}

/* By writes beside which nobody writes: pages between those of change(). */
static void write_more(int fd)
{
	for (long i = 0; i < holes && extents(fd) < 2 * holes; i++)
		punch(fd, i * step + step / 4);
	for (int i = 1; i < pages && extents(fd) > most / 8 * 7; i++) {
		unsigned char *from = bytes + size - 2 * i * page + page / 2;

		memset(from, 7, page / 4);
		if (pwrite(fd, from, page / 4, from - bytes) != page / 4)
			err(1, "write %d", i);
	}
}

/* Every other page of this writer's part. */
static void change(unsigned char *map, int writer)
{
	for (int i = writer * pages / writers; i < (writer + 1) * pages / writers; i++)
		memset(map + size - (2 * i + 1) * page, 1 + i % 251, page);
}

static void write_pages(int fd, int writer)
{
	unsigned char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		err(1, "mmap");
	change(map, writer);
	if (msync(map, size, MS_SYNC) != 0)
		err(1, "msync");
}

static void read_on(int fd)
{
	for (unsigned int at = 0;; at = (at * 5 + 12345) % (crowded - 3 * page)) {
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		compare(fd, at, 3 * page);
	}
}

/* With the file open for itself: it is reached through pages as long as one is open that was mapped. */
static pid_t started(const char *path, int writer)
{
	pid_t child = fork();
	int fd;

	if (child < 0)
		err(1, "fork");
	if (child)
		return child;
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s", path);
	if (writer < 0)
		read_on(fd);
	write_pages(fd, writer);
	_exit(0);
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1, status, failures = 0;
	unsigned int before, between;
	pid_t children[writers], reader;

	if (fd < 0)
		errx(2, "usage: fs_crowded FILE");
	make(fd);
	before = extents(fd);
	reader = started(argv[1], -1);
	for (int i = 0; i < writers; i++)
		children[i] = started(argv[1], i);
	for (int i = 0; i < writers; i++) {
		if (waitpid(children[i], &status, 0) != children[i])
			err(1, "waitpid");
		failures += status != 0;
		change(bytes, i);
	}
	if (kill(reader, SIGKILL) != 0 || waitpid(reader, &status, 0) != reader)
		err(1, "the reader");
	failures += WIFEXITED(status); /* else it would read on */
	between = extents(fd);
	write_more(fd);
	compare(fd, 0, size);
	printf("%d %d %d\n", before > most - 128, between < most / 8 * 7, extents(fd) < most / 8 * 7);
	return failures != 0;
}
