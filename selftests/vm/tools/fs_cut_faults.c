// SPDX-License-Identifier: GPL-2.0
/*
 * fs_cut_faults FILE ROUNDS: in each round one allocation in the kernel fails, somewhere while FILE is cut for the first time, changed and made
 * durable.  What says that it failed must have changed nothing, then and when the file is read anew from below.
 * Wants failslab (CONFIG_FAULT_INJECTION_DEBUG_FS) and root.  Prints how many calls failed; on failure 1, with what is wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define ROOM (1 << 17)

static unsigned char model[ROOM], seen[ROOM];
static size_t size;
static unsigned int failures;

static int try_to_tell(const char *path, const char *text, size_t length)
{
	int fd = open(path, O_WRONLY), status = fd >= 0 && write(fd, text, length) == (ssize_t)length ? 0 : -1;

	if (fd >= 0)
		close(fd);
	return status;
}

/* It may be the very call whose allocation fails. */
static void tell(const char *path, long number)
{
	char text[24];
	size_t length = (size_t)snprintf(text, sizeof(text), "%ld\n", number);

	if (try_to_tell(path, text, length) != 0 && (errno != ENOMEM || try_to_tell(path, text, length) != 0))
		err(2, "%s", path);
}

/* One allocation of the next `interval` fails; without task-filter of whoever, as threads of the kernel's do a part of the work. */
static void fail_once(unsigned int interval)
{
	tell(FAILSLAB "interval", interval);
	tell(FAILSLAB "times", 1);
	tell(FAILSLAB "probability", 100);
}

static bool succeeds(const char *what, int status)
{
	if (status == 0)
		return true;
	if (errno != ENOMEM)
		err(1, "%s", what);
	failures++;
	return false;
}

static void collapse(int fd, size_t at, size_t length)
{
	if (succeeds("collapse", fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, (off_t)at, (off_t)length))) {
		memmove(model + at, model + at + length, size - at - length);
		size -= length;
	}
}

static void insert(int fd, size_t at, size_t length)
{
	if (succeeds("insert", fallocate(fd, FALLOC_FL_INSERT_RANGE, (off_t)at, (off_t)length))) {
		memmove(model + at + length, model + at, size - at);
		memset(model + at, 0, length);
		size += length;
	}
}

static void zero(int fd, int mode, size_t at, size_t length)
{
	if (succeeds("zero", fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)length)))
		memset(model + at, 0, length);
}

static void put(int fd, size_t at, size_t length)
{
	static const unsigned char bytes[ROOM] = {[0 ... ROOM - 1] = 'w'};
	ssize_t done = pwrite(fd, bytes, length, (off_t)at);

	if (succeeds("write", done < 0 ? -1 : 0)) {
		memset(model + at, 'w', (size_t)done);
		if (at + (size_t)done > size)
			size = at + (size_t)done;
	}
}

static void compare(int fd, const char *when, unsigned int round)
{
	ssize_t length = pread(fd, seen, sizeof(seen), 0);

	if (length < 0)
		err(1, "round %u, %s: read", round, when);
	if ((size_t)length != size || memcmp(seen, model, size) != 0)
		errx(1, "round %u, %s: %zd bytes, and not the %zu that are right", round, when, length, size);
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, O_RDWR | flags, 0600);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void try_all(const char *path, unsigned int round)
{
	int fd = open_file(path, O_CREAT | O_TRUNC);

	size = 70000;
	for (size_t i = 0; i < size; i++)
		model[i] = (unsigned char)('a' + i % 23);
	if (pwrite(fd, model, size, 0) != (ssize_t)size || fsync(fd) != 0)
		err(1, "%s", path);
	fail_once(round);
	collapse(fd, 1001, 333);
	insert(fd, 30001, 5000);
	zero(fd, FALLOC_FL_PUNCH_HOLE, 20000, 7001);
	succeeds("fsync", fsync(fd));
	put(fd, 29000, 9000);
	zero(fd, FALLOC_FL_ZERO_RANGE, 3000, 500);
	put(fd, size - 5, 4000);
	collapse(fd, 5, 20001);
	succeeds("fsync", fsync(fd));
	tell(FAILSLAB "probability", 0);
	compare(fd, "afterwards", round);
	if (fsync(fd) != 0)
		err(1, "round %u: fsync", round);
	close(fd);
	tell("/proc/sys/vm/drop_caches", 2);
	fd = open_file(path, 0);
	compare(fd, "read anew", round);
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int rounds;

	if (argc != 3)
		errx(2, "usage: fs_cut_faults FILE ROUNDS");
	rounds = (unsigned int)strtoul(argv[2], NULL, 10);
	tell("/proc/self/make-it-fail", 1); /* for failslab's task-filter */
	for (unsigned int round = 1; round <= rounds; round++)
		try_all(argv[1], round);
	printf("%u\n", failures);
	return 0;
}
