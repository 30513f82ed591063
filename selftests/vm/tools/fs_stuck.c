// SPDX-License-Identifier: GPL-2.0
/* fs_stuck OVER LOWER: writes to a file in LOWER from a mapping of the same file in OVER, of which nothing is in memory yet. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static int opened(const char *directory, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/stuck", directory);
	fd = open(path, flags, 0644);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	static char byte[PAGE];
	char *map;
	int fd;

	if (argc != 3)
		errx(2, "usage: fs_stuck OVER LOWER");
	fd = opened(argv[2], O_RDWR | O_CREAT | O_TRUNC);
	if (write(fd, byte, sizeof(byte)) != sizeof(byte))
		err(1, "write");
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, opened(argv[1], O_RDONLY), 0);
	if (map == MAP_FAILED)
		err(1, "mmap");
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 || pwrite(fd, map, PAGE, 0) != PAGE)
		err(1, "pwrite");
	return 0;
}
