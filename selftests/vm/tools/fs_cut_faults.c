// SPDX-License-Identifier: GPL-2.0
/*
 * fs_cut_faults FILE [ROUNDS]: in each round one allocation in the kernel fails, somewhere while FILE is cut for the first time, changed, made
 * durable, compacted and read anew from below.  What says that it failed must have changed nothing, then and when it is read anew once more.
 * Without ROUNDS each allocation that this thread's calls make fails in its turn, until a round has no more of them; with ROUNDS it is one of
 * whoever's, as threads of the kernel's do a part of the work: the first that goes past a number of bytes, which grows with each round.
 * Wants failslab (CONFIG_FAULT_INJECTION_DEBUG_FS), without its task-filter if ROUNDS is given, and root.
 * Prints how many rounds had their failure and how many calls said so; on failure 1, with what is wrong.
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
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../../module/include/uapi/linux/oriel_fs.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"
#define ROOM (1 << 17)
#define CHANGES 320
#define STEP 509         /* bytes */
#define MOST_ROUNDS 5000 /* far more than these calls allocate */

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

/* fail-nth of this thread is held open: opening it would allocate. */
static void fail_own(int fail_nth, unsigned int round)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%u", round);

	if (pwrite(fail_nth, text, (size_t)length, 0) != length)
		err(2, "fail-nth");
}

static bool own_failed(int fail_nth)
{
	char left[24] = "";
	bool failed;

	if (pread(fail_nth, left, sizeof(left) - 1, 0) <= 0)
		err(2, "fail-nth");
	failed = strtoul(left, NULL, 10) == 0;
	fail_own(fail_nth, 0);
	return failed;
}

/* failslab's interval would not do: it counts on from round to round, so that the next longer one always ends at the same allocation. */
static void fail_any(unsigned int round)
{
	tell(FAILSLAB "space", (long)round * STEP);
	tell(FAILSLAB "times", 1);
	tell(FAILSLAB "probability", 100);
}

static bool any_failed(void)
{
	FILE *file;
	int times;

	tell(FAILSLAB "probability", 0);
	file = fopen(FAILSLAB "times", "r");
	if (file == NULL || fscanf(file, "%d", &times) != 1)
		err(2, FAILSLAB "times");
	fclose(file);
	return times == 0;
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

/* An open that fails for want of memory is counted, and tried again. */
static int open_file(const char *path, int flags)
{
	int fd = open(path, O_RDWR | flags, 0600);

	if (!succeeds("open", fd < 0 ? -1 : 0))
		fd = open(path, O_RDWR | flags, 0600);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void compact(int fd)
{
	struct oriel_fs_compact step = {.abi = ORIEL_FS_ABI_VERSION};

	succeeds("compact", ioctl(fd, ORIEL_FS_IOC_COMPACT, &step));
}

/* The same in each round; lengths that no file system has for a block. */
static void change(int fd, unsigned int *random)
{
	size_t at, length;

	*random = *random * 1103515245 + 12345;
	at = (*random >> 8) % (size - 8000);
	length = (*random >> 4) % 3001 + 1;
	switch (*random >> 30) {
	case 0:
		collapse(fd, at, length);
		break;
	case 1:
		insert(fd, at, length);
		break;
	case 2:
		put(fd, at, length);
		break;
	default:
		zero(fd, FALLOC_FL_PUNCH_HOLE, at, length);
	}
}

static int read_anew(int fd, const char *path)
{
	close(fd);
	tell("/proc/sys/vm/drop_caches", 2);
	return open_file(path, 0);
}

static int work(int fd, const char *path)
{
	unsigned int random = 7;

	collapse(fd, 1001, 333);
	insert(fd, 30001, 5000);
	zero(fd, FALLOC_FL_PUNCH_HOLE, 20000, 7001);
	succeeds("fsync", fsync(fd));
	put(fd, 29000, 9000);
	zero(fd, FALLOC_FL_ZERO_RANGE, 3000, 500);
	put(fd, size - 5, 4000);
	collapse(fd, 5, 20001);
	succeeds("fsync", fsync(fd));
	for (int i = 0; i < CHANGES; i++) {
		change(fd, &random);
		if (i % 8 == 7)
			fd = read_anew(fd, path);
	}
	compact(fd);
	succeeds("fsync", fsync(fd));
	return fd;
}

/* Returns whether an allocation failed.  fail_nth < 0: whoever's. */
static bool try_all(const char *path, int fail_nth, unsigned int round)
{
	int fd = open_file(path, O_CREAT | O_TRUNC);
	bool failed;

	size = 70000;
	for (size_t i = 0; i < size; i++)
		model[i] = (unsigned char)('a' + i % 23);
	if (pwrite(fd, model, size, 0) != (ssize_t)size || fsync(fd) != 0)
		err(1, "%s", path);
	if (fail_nth >= 0)
		fail_own(fail_nth, round);
	else
		fail_any(round);
	fd = work(fd, path);
	failed = fail_nth >= 0 ? own_failed(fail_nth) : any_failed();
	compare(fd, "afterwards", round);
	if (fsync(fd) != 0)
		err(1, "round %u: fsync", round);
	fd = read_anew(fd, path);
	compare(fd, "read anew", round);
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	unsigned int rounds = MOST_ROUNDS, injected = 0;
	int fail_nth = -1;

	if (argc != 2 && argc != 3)
		errx(2, "usage: fs_cut_faults FILE [ROUNDS]");
	if (argc == 3) {
		rounds = (unsigned int)strtoul(argv[2], NULL, 10);
	} else {
		fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
		if (fail_nth < 0)
			err(2, "/proc/thread-self/fail-nth");
	}
	for (unsigned int round = 1; round <= rounds; round++) {
		if (try_all(argv[1], fail_nth, round))
			injected++;
		else if (fail_nth >= 0)
			break;
	}
	if (fail_nth >= 0 && injected == MOST_ROUNDS)
		errx(1, "after %d rounds there still are allocations", MOST_ROUNDS);
	printf("%u %u\n", injected, failures);
	return 0;
}
