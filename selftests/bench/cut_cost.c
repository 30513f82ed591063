// SPDX-License-Identifier: GPL-2.0
/*
 * cut_cost DIR NATIVE LOWER: what cutting costs in DIR, which is on orielfs over LOWER, and what the file system below does itself in NATIVE.
 * Lines of "NAME NUMBER", times in ns.  "-" where it cannot.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../module/include/uapi/linux/oriel_fs.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define PIECES 64 /* of data in a sparse file */
#define ROUNDS 8  /* cuts of one file whose mean is told */
#define CUTS 100000
#define INSERTS 50000 /* each one makes two extents more */

static char buffer[MIB];
static uint64_t random_state = 88172645463325252ull;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int make(const char *dir, const char *name)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		fail(path);
	return fd;
}

static void put(int fd, size_t length, off_t at)
{
	if (pwrite(fd, buffer, length, at) != (ssize_t)length)
		fail("pwrite");
}

/* Data here and there, the rest is a hole. */
static int make_sparse(const char *dir, uint64_t size, bool cuts)
{
	int fd = make(dir, "sparse");
	char byte = 'x';

	for (uint64_t i = 0; i < PIECES; i++)
		put(fd, 4096, (off_t)(size / PIECES * i & -4096ull));
	if (ftruncate(fd, (off_t)size) != 0)
		fail("ftruncate");
	/* Whole blocks of a plain file the lower cuts itself: here orielfs is to do it. */
	if (cuts && (fallocate(fd, FALLOC_FL_INSERT_RANGE, 1, 1) != 0 || pwrite(fd, &byte, 1, 1) != 1))
		fail("first cut");
	if (fsync(fd) != 0)
		fail("fsync");
	return fd;
}

/* Means of ROUNDS: the call alone, and with what makes it durable, fsync or fdatasync.  Return: false where it cannot. */
static bool time_moves(int fd, int mode, off_t at, off_t length, int (*sync)(int), double *call, double *durable)
{
	*call = *durable = 0;
	for (int i = -1; i < ROUNDS; i++) {
		double begun = now_ns(), done, flushed;

		if (fallocate(fd, mode, at, length) != 0)
			return false;
		done = now_ns();
		if (sync(fd) != 0)
			fail("fsync");
		flushed = now_ns();
		if (i >= 0) {
			*call += (done - begun) / ROUNDS;
			*durable += (flushed - begun) / ROUNDS;
		}
	}
	return true;
}

static void by_size(const char *dir, const char *who, int mode, const char *what)
{
	static const uint64_t sizes[] = {16 * MIB, 256 * MIB, GIB, 10 * GIB, 100 * GIB};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int fd = make_sparse(dir, sizes[i], *who == 'o');
		double call, durable, data_durable = 0;
		bool moves = time_moves(fd, mode, 0, MIB, fsync, &call, &durable);

		close(fd);
		fd = make_sparse(dir, sizes[i], *who == 'o');
		if (moves && time_moves(fd, mode, 0, MIB, fdatasync, &call, &data_durable))
			printf("%s_%s_%llu_mib %.0f\n%s_%s_durable_%llu_mib %.0f\n%s_%s_data_durable_%llu_mib %.0f\n", who, what,
			       (unsigned long long)(sizes[i] / MIB), call, who, what, (unsigned long long)(sizes[i] / MIB), durable, who,
			       what, (unsigned long long)(sizes[i] / MIB), data_durable);
		else
			printf("%s_%s_%llu_mib -\n", who, what, (unsigned long long)(sizes[i] / MIB));
		fflush(stdout);
		close(fd);
	}
}

/* A MiB of it. */
static void rewriting(const char *dir)
{
	int fd = make(dir, "rewritten");
	double begun;

	for (int i = 0; i < 16; i++)
		put(fd, MIB, (off_t)(MIB * i));
	fsync(fd);
	begun = now_ns();
	for (int i = 1; i < 16; i++) {
		if (pread(fd, buffer, MIB, (off_t)(MIB * i)) != MIB)
			fail("pread");
		put(fd, MIB, (off_t)(MIB * (i - 1)));
	}
	if (fsync(fd) != 0)
		fail("fsync");
	printf("rewriting_mib %.0f\n", (now_ns() - begun) / 15);
	close(fd);
	snprintf(buffer, sizeof(buffer), "%s/rewritten", dir);
	unlink(buffer);
	memset(buffer, 'x', sizeof(buffer));
}

static void look(int fd, struct oriel_fs_look *told)
{
	told->abi = ORIEL_FS_ABI_VERSION;
	if (ioctl(fd, ORIEL_FS_IOC_LOOK, told) != 0)
		fail("look");
}

/* One file, at random bytes; made durable each 1,000. */
static void many(const char *dir, int mode, const char *what, const char *lower, int count)
{
	int fd = make(dir, what);
	struct oriel_fs_look told;
	struct stat before, after;
	uint64_t size = 4 * GIB;
	double begun;
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", lower, what);
	for (int i = 0; i < 64; i++)
		put(fd, MIB, (off_t)(MIB * i));
	if (ftruncate(fd, (off_t)size) != 0 || fallocate(fd, mode, 1, 1) != 0 || fsync(fd) != 0 || stat(path, &before) != 0)
		fail("first");
	begun = now_ns();
	for (int i = 1; i <= count; i++) {
		if (fallocate(fd, mode, (off_t)below(size / 2), 1 + (off_t)below(999)) != 0)
			fail(what);
		if (i % 1000 == 0 && fsync(fd) != 0)
			fail("fsync");
		if (i == 1000 || i == 10000 || i == count) {
			printf("%s_each_to_%d %.0f\n", what, i, (now_ns() - begun) / i);
			fflush(stdout);
		}
	}
	look(fd, &told);
	if (stat(path, &after) != 0)
		fail("stat");
	printf("%s_extents %u\n%s_memory_per_extent %.1f\n%s_disk_per_call %.1f\n", what, told.extents, what,
	       (double)told.memory / told.extents, what, (double)(after.st_blocks - before.st_blocks) * 512 / count);
	close(fd);
	snprintf(path, sizeof(path), "%s/%s", dir, what);
	unlink(path);
}

static double read_all(int fd, size_t step)
{
	double begun = now_ns();
	ssize_t got;

	for (off_t at = 0; (got = pread(fd, buffer, step, at)) > 0; at += got)
		;
	return now_ns() - begun;
}

/* What a file of 1,000 cuts reads at, to the same bytes in a plain one. */
static void reading(const char *dir)
{
	int cut = make(dir, "cut"), plain = make(dir, "plain");
	double as_cut = 0, as_plain = 0;
	struct stat st;

	for (int i = 0; i < 16; i++)
		put(cut, MIB, (off_t)(MIB * i));
	for (int i = 0; i < 1000; i++)
		if (fallocate(cut, FALLOC_FL_COLLAPSE_RANGE, (off_t)below(15 * MIB), 100) != 0)
			fail("cut");
	fstat(cut, &st);
	for (off_t at = 0; at < st.st_size; at += MIB)
		put(plain, st.st_size - at < (off_t)MIB ? st.st_size - at : (off_t)MIB, at);
	for (int i = 0; i < 4; i++) {
		as_cut += read_all(cut, 128 * 1024);
		as_plain += read_all(plain, 128 * 1024);
	}
	printf("read_cut_to_plain_percent %.1f\n", 100 * as_plain / as_cut);
	close(cut);
	close(plain);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	memset(buffer, 'x', sizeof(buffer));
	by_size(argv[1], "orielfs", FALLOC_FL_COLLAPSE_RANGE, "collapse");
	by_size(argv[2], "native", FALLOC_FL_COLLAPSE_RANGE, "collapse");
	by_size(argv[1], "orielfs", FALLOC_FL_INSERT_RANGE, "insert");
	by_size(argv[2], "native", FALLOC_FL_INSERT_RANGE, "insert");
	rewriting(argv[2]);
	reading(argv[1]);
	many(argv[1], FALLOC_FL_COLLAPSE_RANGE, "cuts", argv[3], CUTS);
	many(argv[1], FALLOC_FL_INSERT_RANGE, "inserts", argv[3], INSERTS);
	return 0;
}
