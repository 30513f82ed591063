// SPDX-License-Identifier: GPL-2.0
/*
 * fs_own_buffer DIRECTORY: files there are written to and read into mappings of themselves and of each other, by two threads at once, and
 * with O_DIRECT.  Silent if all bytes are right.  Where a file system below faults on such a buffer with a lock held, this never ends.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE (256 * 1024)

struct end {
	int fd;
	char *map;
};

static struct end ends[2];

static struct end make(const char *path, char fill)
{
	struct end made = {.fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)};
	char *bytes = malloc(SIZE);

	memset(bytes, fill, SIZE);
	if (made.fd < 0 || pwrite(made.fd, bytes, SIZE, 0) != SIZE)
		err(1, "%s", path);
	free(bytes);
	made.map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, made.fd, 0);
	if (made.map == MAP_FAILED)
		err(1, "%s cannot be mapped", path);
	return made;
}

static void expect(const char *what, const char *bytes, size_t count, char wanted)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] != wanted)
			errx(1, "%s: byte %zu is %02x instead of %02x", what, i, bytes[i], wanted);
}

/* The second half of each file from the first half of the other, untouched pages among them. */
static void *cross(void *which)
{
	struct end *to = which, *from = to == ends ? ends + 1 : ends;

	for (int i = 0; i < 20; i++) {
		madvise(from->map, SIZE / 2, MADV_DONTNEED);
		if (pwrite(to->fd, from->map, SIZE / 2, SIZE / 2) != SIZE / 2)
			err(1, "pwrite from the other");
		if (pread(to->fd, from->map + SIZE / 2, 4096, 0) != 4096)
			err(1, "pread into the other");
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	char *direct;
	int fd;

	if (argc != 2 || chdir(argv[1]) != 0)
		errx(2, "usage: fs_own_buffer DIRECTORY");
	ends[0] = make("one", '1');
	ends[1] = make("two", '2');
	if (pwrite(ends[0].fd, ends[0].map, SIZE, SIZE) != SIZE)
		err(1, "pwrite from itself");
	direct = malloc(SIZE);
	if (pread(ends[0].fd, direct, SIZE, SIZE) != SIZE)
		err(1, "pread");
	expect("what was written from itself", direct, SIZE, '1');
	memset(ends[0].map, '3', SIZE / 2);
	if (pread(ends[0].fd, direct, SIZE, 0) != SIZE)
		err(1, "pread");
	expect("what the mapping wrote", direct, SIZE / 2, '3');
	expect("what it did not", direct + SIZE / 2, SIZE / 2, '1');
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, cross, ends + i) != 0)
			errx(1, "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	fd = open("one", O_RDWR | O_DIRECT);
	if (fd >= 0) {
		if (pwrite(fd, ends[1].map, 4096, 0) != 4096 || pread(fd, ends[1].map + 8192, 4096, 0) != 4096)
			err(1, "direct");
		expect("what went directly", ends[1].map + 8192, 4096, ends[1].map[0]);
		close(fd);
	}
	for (int i = 0; i < 2; i++)
		if (msync(ends[i].map, SIZE, MS_SYNC) != 0 || fsync(ends[i].fd) != 0)
			err(1, "sync");
	return 0;
}
