// SPDX-License-Identifier: GPL-2.0
/*
 * fs_cutter FILE ROUNDS [mapped]: bytes go in at the end and are taken out at the front, while others read; with `mapped` others read and write
 * through mappings, too.  Each round has a number, which its bytes are.  Whoever begins to read when a number has been taken out must not
 * find it any more, and nobody finds what was never written.
 * Prints how much was read; on failure 1, with what is wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LEAST 20000  /* bytes of a round, at least */
#define MAPPED 16384 /* of them, from the first on, in the mapping: never behind the end */
#define PIPED 32768  /* at once, at most */
#define NUMBERS 250  /* bytes are 1 to 250, again and again; 0 where bytes were inserted */
#define STRANGER 255 /* what is written through the mapping */

static int file;
static volatile unsigned char *mapping;
static atomic_uint oldest = 1, newest = 1;
static atomic_bool over;
static atomic_ulong looked;

static unsigned char byte_of(unsigned int round)
{
	return (unsigned char)(round % NUMBERS + 1);
}

static unsigned int random_below(unsigned int *state, unsigned int limit)
{
	return (unsigned int)rand_r(state) % limit;
}

/* A byte that was read after the rounds before `from` were gone, and before any behind `to` began. */
static void check(unsigned char byte, unsigned int from, unsigned int to, const char *how)
{
	unsigned int behind = (byte - 1u + NUMBERS - from % NUMBERS) % NUMBERS;

	if (byte != 0 && byte != STRANGER && behind > to - from)
		errx(1, "%s: a byte of %u, when rounds %u to %u were there", how, byte, from, to);
}

/* Where no round has begun since `from` was the oldest, the cutter would wait for who looks again. */
static void let_cut(unsigned int from, unsigned int *random)
{
	if (oldest == from)
		usleep(random_below(random, 500));
}

static void *read_it(void *seed)
{
	unsigned int random = *(unsigned int *)seed;
	unsigned char bytes[9000];

	while (!over) {
		unsigned int from = oldest;
		ssize_t length = pread(file, bytes, 1 + random_below(&random, sizeof(bytes)), random_below(&random, 2 * LEAST));

		if (length < 0)
			err(1, "read");
		for (ssize_t i = 0; i < length; i++)
			check(bytes[i], from, newest, "read");
		looked += (unsigned long)length;
		let_cut(from, &random);
	}
	return NULL;
}

static void take(int pipe, unsigned char *bytes, ssize_t length)
{
	if (read(pipe, bytes, (size_t)length) != length)
		errx(1, "the pipe holds less than was spliced into it");
}

/* What is in a pipe stays as it was, whatever comes to lie where it was read. */
static void *splice_it(void *seed)
{
	unsigned int random = *(unsigned int *)seed;
	unsigned char early[PIPED], late[PIPED];
	int ends[2], other_ends[2];

	if (pipe(ends) != 0 || pipe(other_ends) != 0)
		err(1, "pipe");
	while (!over) {
		unsigned int from = oldest, to;
		loff_t at = random_below(&random, LEAST / 2);
		ssize_t length = splice(file, &at, ends[1], NULL, 1 + random_below(&random, PIPED), 0);

		to = newest;
		if (length < 0 || tee(ends[0], other_ends[1], (size_t)length, 0) != length)
			err(1, "splice and tee");
		take(other_ends[0], early, length);
		while (!over && newest < to + 20)
			usleep(100);
		take(ends[0], late, length);
		for (ssize_t i = 0; i < length; i++)
			check(early[i], from, to, "pipe");
		if (memcmp(early, late, (size_t)length) != 0)
			errx(1, "what was in a pipe has become something else");
		looked += (unsigned long)length;
	}
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(other_ends[i]);
	}
	return NULL;
}

static void *look_at_it(void *seed)
{
	unsigned int random = *(unsigned int *)seed;

	while (!over) {
		unsigned int at = random_below(&random, MAPPED - 512), before = oldest;

		for (unsigned int i = 0; i < 512; i++) {
			unsigned int from = oldest;
			unsigned char byte = mapping[at + i];

			check(byte, from, newest, "mapping");
		}
		looked += 512;
		let_cut(before, &random);
	}
	return NULL;
}

static void *write_into_it(void *seed)
{
	unsigned int random = *(unsigned int *)seed;

	while (!over) {
		mapping[random_below(&random, MAPPED)] = STRANGER;
		usleep(50);
	}
	return NULL;
}

static size_t append(size_t size, unsigned int round, unsigned int *random)
{
	static unsigned char bytes[3 * LEAST];
	size_t length = LEAST + random_below(random, 2 * LEAST);

	memset(bytes, byte_of(round), length);
	if (pwrite(file, bytes, length, (off_t)size) != (ssize_t)length)
		err(1, "write");
	return length;
}

static void cut(unsigned int rounds, unsigned int *random)
{
	size_t size = append(0, 1, random);

	for (unsigned int round = 2; round <= rounds; round++) {
		size_t inserted = 1 + random_below(random, 5000), added;

		newest = round;
		added = append(size, round, random);
		if (fallocate(file, FALLOC_FL_INSERT_RANGE, random_below(random, (unsigned int)size), (off_t)inserted) != 0)
			err(1, "insert");
		if (fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, (off_t)(size + inserted)) != 0)
			err(1, "collapse");
		oldest = round;
		size = added;
		if (random_below(random, 8) == 0 && fsync(file) != 0)
			err(1, "fsync");
	}
	if (lseek(file, 0, SEEK_END) != (off_t)size)
		errx(1, "%lld bytes are left of %zu", (long long)lseek(file, 0, SEEK_END), size);
}

int main(int argc, char **argv)
{
	void *(*const work[])(void *) = {read_it, read_it, splice_it, look_at_it, write_into_it};
	bool mapped = argc == 4 && strcmp(argv[3], "mapped") == 0;
	unsigned int seed, seeds[5], count = mapped ? 5 : 3;
	pthread_t threads[5];

	if (argc != 3 && !mapped)
		errx(2, "usage: fs_cutter FILE ROUNDS [mapped]");
	seed = (unsigned int)getpid() * 2654435761u;
	file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || ftruncate(file, MAPPED) != 0)
		err(1, "%s", argv[1]);
	if (mapped) {
		mapping = mmap(NULL, MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
		if (mapping == MAP_FAILED)
			err(1, "mmap");
	}
	for (unsigned int i = 0; i < count; i++) {
		seeds[i] = seed + i + 1;
		if (pthread_create(&threads[i], NULL, work[i], &seeds[i]) != 0)
			errx(2, "pthread_create");
	}
	cut((unsigned int)strtoul(argv[2], NULL, 10), &seed);
	over = true;
	for (unsigned int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%lu bytes were looked at\n", (unsigned long)looked);
	return 0;
}
