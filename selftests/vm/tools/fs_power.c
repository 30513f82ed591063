// SPDX-License-Identifier: GPL-2.0
/*
 * fs_power work FILE STATES SEED COUNT [MARK]: write a file and make it durable, then change it COUNT times by fallocate(2) at random bytes.
 *                                 The first change takes bytes out at an odd place, which orielfs alone does: a hole in a file that is plain still
 *                                 is made by the file system below, and ext4 for one may leave a part.
 *                                 Each state, the first one included, is a line of STATES.  After each fsync(2) or fdatasync(2), which come at random,
 *                                 MARK is run as a command with the number of the state that is durable now.
 * fs_power check FILE STATES LEAST  which state the file has: prints its number.  Status 1: none from number LEAST on.
 * fs_power flushes LOG MARKS        the entries of the log at which the disk was told to flush, from its first mark on up to MARKS later
 * fs_power replay LOG TARGET SEED [ENTRY]
 *                                 TARGET, a disk as it was before writes were logged to LOG by dm-log-writes, becomes what a power failure might
 *                                 have left: what was flushed up to some point of the log (ENTRY, else any), and of what was written from then on,
 *                                 any sectors.
 *                                 Prints the last MARK before that point.
 * On failure: 2, with the reason.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST (1 << 20) /* bytes of the file */
#define SECTOR 512

static uint64_t random_state;

static uint64_t below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * 0x2545f4914f6cdd1dull >> 11) % limit;
}

static void seed_random(const char *seed)
{
	random_state = (strtoull(seed, NULL, 0) + 1) * 0x9e3779b97f4a7c15ull | 1;
}

/* FNV-1a: which state it is, nobody forges. */
static uint64_t hash(const unsigned char *bytes, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3ull;
	return sum;
}

/* ---- work ---- */

static unsigned char model[MOST];
static size_t size;

static void change(int fd, bool first)
{
	static const int modes[] = {FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE,
				    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE};
	int mode = modes[below(5)];
	size_t at = below(size), length = 1 + below(below(2) ? 100 : 20000);

	if (first)
		mode = FALLOC_FL_COLLAPSE_RANGE, at |= 1;
	if (at + length >= size)
		length = size - at > 1 ? (size - at) / 2 : 0;
	if (!length || (mode == FALLOC_FL_COLLAPSE_RANGE && size < MOST / 8))
		mode = FALLOC_FL_INSERT_RANGE, length = 4000;
	if (mode == FALLOC_FL_INSERT_RANGE && size + length > MOST)
		mode = FALLOC_FL_COLLAPSE_RANGE, at = 1, length = MOST / 2;
	if (fallocate(fd, mode, at, length) != 0)
		err(2, "fallocate %#x of %zu at %zu of %zu", mode, length, at, size);
	if (mode == FALLOC_FL_COLLAPSE_RANGE) {
		memmove(model + at, model + at + length, size - at - length);
		size -= length;
	} else if (mode == FALLOC_FL_INSERT_RANGE) {
		memmove(model + at + length, model + at, size - at);
		size += length;
	}
	if (mode != FALLOC_FL_COLLAPSE_RANGE)
		memset(model + at, 0, length);
}

static void make_durable(int fd, const char *mark, unsigned long state)
{
	char command[300];

	if ((state % 2 ? fdatasync(fd) : fsync(fd)) != 0)
		err(2, "fsync");
	snprintf(command, sizeof(command), "%s %lu", mark, state);
	if (*mark && system(command) != 0)
		errx(2, "%s failed", command);
}

static int work(char **arguments, const char *mark)
{
	int fd = open(arguments[0], O_RDWR | O_CREAT | O_TRUNC, 0600);
	unsigned long count = strtoul(arguments[3], NULL, 0);
	FILE *states = fopen(arguments[1], "w");

	if (fd < 0 || !states)
		err(2, "%s", fd < 0 ? arguments[0] : arguments[1]);
	seed_random(arguments[2]);
	size = MOST / 4 + below(5000);
	for (size_t i = 0; i < size; i++)
		model[i] = 1 + below(255);
	if (write(fd, model, size) != (ssize_t)size)
		err(2, "write");
	for (unsigned long state = 0; state <= count; state++) {
		if (state)
			change(fd, state == 1);
		fprintf(states, "%lu %zu %llx\n", state, size, (unsigned long long)hash(model, size));
		if (!state || below(4) == 0)
			make_durable(fd, mark, state);
	}
	return fclose(states) == 0 && close(fd) == 0 ? 0 : 2;
}

/* ---- check ---- */

static int check(char **arguments)
{
	int fd = open(arguments[0], O_RDONLY);
	unsigned long least = strtoul(arguments[2], NULL, 0), state;
	FILE *states = fopen(arguments[1], "r");
	unsigned long long sum, seen;
	ssize_t step = 1;
	size_t wanted;

	if (fd < 0 || !states)
		err(2, "%s", fd < 0 ? arguments[0] : arguments[1]);
	for (; step > 0 && size < MOST; size += step) {
		step = read(fd, model + size, MOST - size);
		if (step < 0)
			err(2, "read at %zu", size);
	}
	seen = hash(model, size);
	while (fscanf(states, "%lu %zu %llx", &state, &wanted, &sum) == 3) {
		if (state < least || wanted != size || sum != seen)
			continue;
		printf("%lu\n", state);
		return 0;
	}
	printf("%zu bytes, and no state from %lu on\n", size, least);
	return 1;
}

/* ---- replay: the log as drivers/md/dm-log-writes.c has it ---- */

#define LOG_MAGIC 0x6a736677736872ull
enum { LOG_FLUSH = 1, LOG_FUA = 2, LOG_DISCARD = 4, LOG_MARK = 8 };

struct log_super {
	uint64_t magic, version, entries;
	uint32_t sector_size;
};

struct log_entry {
	uint64_t sector, sectors, flags, data_length;
};

struct logged {
	struct log_entry entry;
	off_t data; /* in the log */
};

static void read_at(int fd, void *buffer, size_t length, off_t at)
{
	if (pread(fd, buffer, length, at) != (ssize_t)length)
		err(2, "reading %zu at %lld", length, (long long)at);
}

static struct logged *read_log(int fd, uint64_t *count)
{
	struct log_super super;
	struct logged *all;
	off_t at;

	read_at(fd, &super, sizeof(super), 0);
	if (le64toh(super.magic) != LOG_MAGIC || le64toh(super.version) != 1)
		errx(2, "that is no log of dm-log-writes");
	*count = le64toh(super.entries);
	at = le32toh(super.sector_size);
	all = calloc(*count + 1, sizeof(*all));
	for (uint64_t i = 0; all && i < *count; i++) {
		struct log_entry *entry = &all[i].entry;

		read_at(fd, entry, sizeof(*entry), at);
		*entry = (struct log_entry){le64toh(entry->sector), le64toh(entry->sectors), le64toh(entry->flags),
					    le64toh(entry->data_length)};
		at += le32toh(super.sector_size);
		all[i].data = entry->flags & LOG_MARK ? at - le32toh(super.sector_size) + (off_t)sizeof(*entry) : at;
		if (!(entry->flags & (LOG_DISCARD | LOG_MARK)))
			at += (off_t)(entry->sectors * le32toh(super.sector_size));
	}
	return all;
}

/* Without a whole superblock ext4 (in the first 4096 bytes) and btrfs (at 64 KiB) cannot be mounted, whatever is above them. */
static bool is_superblock(uint64_t sector)
{
	return sector < 4096 / SECTOR || sector == 65536 / SECTOR;
}

/* Sectors of it, of `from` at that place, to the target: all, or of each piece of 512 or 4096 bytes whether by chance. */
static void put(int from, off_t at, int target, const struct log_entry *entry, bool whole)
{
	unsigned char piece[4096];
	size_t unit = below(2) && !is_superblock(entry->sector) ? SECTOR : sizeof(piece), length = entry->sectors * SECTOR;

	for (size_t done = 0; done < length; done += unit) {
		size_t step = length - done < unit ? length - done : unit;

		if (!whole && below(2))
			continue;
		read_at(from, piece, step, at + (off_t)done);
		if (pwrite(target, piece, step, (off_t)(entry->sector * SECTOR + done)) != (ssize_t)step)
			err(2, "writing");
	}
}

static bool writes(const struct log_entry *entry)
{
	return entry->sectors && !(entry->flags & (LOG_DISCARD | LOG_MARK));
}

static uint64_t first_mark(const struct logged *all, uint64_t count)
{
	uint64_t first = 0;

	while (first < count && !(all[first].entry.flags & LOG_MARK))
		first++;
	if (first == count)
		errx(2, "there is no mark in the log");
	return first;
}

static int flushes(const char *path, uint64_t marks)
{
	int log = open(path, O_RDONLY);
	uint64_t count;
	struct logged *all;

	if (log < 0)
		err(2, "%s", path);
	all = read_log(log, &count);
	if (!all)
		err(2, "the log");
	for (uint64_t i = first_mark(all, count) + 1; i < count && marks > 0; i++) {
		if (all[i].entry.flags & LOG_FLUSH)
			printf("%llu\n", (unsigned long long)i);
		marks -= !!(all[i].entry.flags & LOG_MARK);
	}
	return 0;
}

static int replay(char **arguments, const char *where)
{
	int log = open(arguments[0], O_RDONLY), target = open(arguments[1], O_RDWR);
	uint64_t count, first, cut, flushed = 0;
	struct logged *all;
	char mark[64] = "";

	if (log < 0 || target < 0)
		err(2, "opening");
	seed_random(arguments[2]);
	all = read_log(log, &count);
	if (!all)
		err(2, "the log");
	first = first_mark(all, count);
	cut = where ? strtoull(where, NULL, 10) : first + 1 + below(count - first);
	if (cut <= first || cut > count)
		errx(2, "the log has entries from %llu to %llu", (unsigned long long)first, (unsigned long long)count);
	for (uint64_t i = 0; i < cut; i++) {
		if (all[i].entry.flags & LOG_FLUSH)
			flushed = i; /* what came before it is there */
		/* The last mark is the log's own. */
		if (all[i].entry.flags & LOG_MARK && i + 1 < count) {
			memset(mark, 0, sizeof(mark));
			read_at(log, mark, all[i].entry.data_length < sizeof(mark) ? all[i].entry.data_length : sizeof(mark) - 1,
				all[i].data);
		}
	}
	for (uint64_t i = 0; i < cut; i++)
		if (writes(&all[i].entry) && (i < flushed || all[i].entry.flags & LOG_FUA || below(2)))
			put(log, all[i].data, target, &all[i].entry, i < flushed || all[i].entry.flags & LOG_FUA);
	if (fsync(target) != 0)
		err(2, "fsync");
	printf("%s\n", mark);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 6 && strcmp(argv[1], "work") == 0)
		return work(argv + 2, argc > 6 ? argv[6] : "");
	if (argc == 5 && strcmp(argv[1], "check") == 0)
		return check(argv + 2);
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "replay") == 0)
		return replay(argv + 2, argv[5]);
	if (argc == 4 && strcmp(argv[1], "flushes") == 0)
		return flushes(argv[2], strtoull(argv[3], NULL, 10));
	errx(2, "usage: fs_power work FILE STATES SEED COUNT [MARK] | check FILE STATES LEAST | flushes LOG MARKS | replay LOG TARGET "
		"SEED [ENTRY]");
}
