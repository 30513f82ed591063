// SPDX-License-Identifier: GPL-2.0
/*
 * fs_cost DIR...: for each operation one line, "NAME NS NS...", what one of it takes in each of the directories, in ns: for transfers the
 * median of rounds in which the directories take turns; for names the mean of all files of a tree.  "-" where a file system lacks it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_DIRS 4
#define MOST_ROUNDS 64
#define MIB (1ul << 20)
#define FILE_SIZE (8 * MIB)
#define DEPTH 32
#define FILES 10000

struct ring {
	int fd;
	unsigned int *to_tail, *to_mask, *to_index, *from_head, *from_tail, *from_mask;
	struct io_uring_sqe *calls;
	struct io_uring_cqe *events;
};

struct place {
	int dir, buffered, direct; /* direct: -1 where there is no such thing */
};

static struct place places[MOST_DIRS];
static int place_count;
static struct ring ring;
static char *memory; /* 1 MiB */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	return *(const double *)a < *(const double *)b ? -1 : 1;
}

/* ---- reading and writing ---- */

static int queue(int fd, bool writes, int count)
{
	unsigned int tail = *ring.to_tail, head;
	int left = count, to_submit = count;

	for (int i = 0; i < count; i++, tail++) {
		unsigned int slot = tail & *ring.to_mask;

		ring.calls[slot] = (struct io_uring_sqe){.opcode = writes ? IORING_OP_WRITE : IORING_OP_READ,
							 .fd = fd,
							 .addr = (unsigned long)memory + i * 4096,
							 .len = 4096,
							 .off = i * 65536};
		ring.to_index[slot] = slot;
	}
	__atomic_store_n(ring.to_tail, tail, __ATOMIC_RELEASE);
	while (left) {
		long taken = syscall(SYS_io_uring_enter, ring.fd, to_submit, left, IORING_ENTER_GETEVENTS, NULL, 0);

		if (taken < 0)
			fail("io_uring_enter");
		to_submit -= taken;
		for (head = *ring.from_head; head != __atomic_load_n(ring.from_tail, __ATOMIC_ACQUIRE); head++, left--)
			if (ring.events[head & *ring.from_mask].res != 4096)
				return -1;
		__atomic_store_n(ring.from_head, head, __ATOMIC_RELEASE);
	}
	return 0;
}

struct transfer {
	const char *name;
	bool direct, writes, queued;
	size_t size;
	int rounds, calls; /* of each round */
};

static const struct transfer transfers[] = {
	{"read_4k", false, false, false, 4096, 31, 128},
	{"write_4k", false, true, false, 4096, 31, 128},
	{"read_1m", false, false, false, MIB, 15, 4},
	{"write_1m", false, true, false, MIB, 15, 4},
	{"read_4k_direct", true, false, false, 4096, 31, 128},
	{"write_4k_direct", true, true, false, 4096, 31, 128},
	{"read_1m_direct", true, false, false, MIB, 15, 4},
	{"write_1m_direct", true, true, false, MIB, 15, 4},
	{"read_4k_uring", false, false, true, 4096, 31, 4},
	{"write_4k_uring", false, true, true, 4096, 31, 4},
	{"read_4k_uring_direct", true, false, true, 4096, 31, 4},
	{"write_4k_uring_direct", true, true, true, 4096, 31, 4},
};

static int move(const struct transfer *what, int fd)
{
	for (int i = 0; i < what->calls; i++) {
		off_t at = i * what->size % FILE_SIZE;

		if (what->queued ? queue(fd, what->writes, DEPTH)
				 : (what->writes ? pwrite(fd, memory, what->size, at) : pread(fd, memory, what->size, at)) !=
					   (ssize_t)what->size)
			return -1;
	}
	return 0;
}

static void measure_transfer(const struct transfer *what)
{
	double ns[MOST_DIRS][MOST_ROUNDS];

	printf("%s", what->name);
	for (int round = -2; round < what->rounds; round++) /* two to warm up */
		for (int i = 0; i < place_count; i++) {
			int fd = what->direct ? places[i].direct : places[i].buffered;
			double before = now_ns(), took;

			took = fd < 0 || move(what, fd) ? -1 : (now_ns() - before) / what->calls / (what->queued ? DEPTH : 1);
			if (round >= 0)
				ns[i][round] = took;
		}
	for (int i = 0; i < place_count; i++) {
		qsort(ns[i], what->rounds, sizeof(ns[i][0]), by_size);
		if (ns[i][0] < 0)
			printf(" -");
		else
			printf(" %.0f", ns[i][what->rounds / 2]);
	}
	printf("\n");
}

/* ---- names ---- */

static void name_of(char *name, long i)
{
	sprintf(name, "tree/%05ld", i);
}

static void create_all(int dir)
{
	char name[32];

	for (long i = 0; i < FILES; i++) {
		int fd;

		name_of(name, i);
		fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY, 0644);
		if (fd < 0)
			fail(name);
		close(fd);
	}
}

static void stat_all(int dir)
{
	char name[32];
	struct stat status;

	for (long i = 0; i < FILES; i++) {
		name_of(name, i);
		if (fstatat(dir, name, &status, 0))
			fail(name);
	}
}

static void open_all(int dir)
{
	char name[32];

	for (long i = 0; i < FILES; i++) {
		int fd;

		name_of(name, i);
		fd = openat(dir, name, O_RDONLY);
		if (fd < 0)
			fail(name);
		close(fd);
	}
}

static void read_names(int dir)
{
	DIR *stream = fdopendir(openat(dir, "tree", O_RDONLY | O_DIRECTORY));
	long found = 0;

	if (!stream)
		fail("tree");
	while (readdir(stream))
		found++;
	closedir(stream);
	if (found != FILES + 2) {
		fprintf(stderr, "%ld entries\n", found);
		exit(1);
	}
}

static void unlink_all(int dir)
{
	char name[32];

	for (long i = 0; i < FILES; i++) {
		name_of(name, i);
		if (unlinkat(dir, name, 0))
			fail(name);
	}
}

static void forget(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "2", 1) != 1)
		fail("drop_caches");
	close(fd);
}

/* In this order. */
static const struct {
	const char *name;
	void (*run)(int dir);
	enum { ONCE, COLD, WARM } when;
} walks[] = {
	{"create", create_all, ONCE}, {"lookup_stat", stat_all, COLD}, {"stat", stat_all, WARM},
	{"open", open_all, WARM},     {"readdir", read_names, WARM},   {"unlink", unlink_all, ONCE},
};

static double measure_walk(int dir, void (*run)(int dir))
{
	double before = now_ns();

	run(dir);
	return (now_ns() - before) / FILES;
}

static void measure_names(void)
{
	for (size_t walk = 0; walk < sizeof(walks) / sizeof(walks[0]); walk++) {
		printf("%s", walks[walk].name);
		for (int i = 0; i < place_count; i++) {
			if (walks[walk].when == COLD)
				forget();
			else if (walks[walk].when == WARM)
				walks[walk].run(places[i].dir);
			printf(" %.0f", measure_walk(places[i].dir, walks[walk].run));
		}
		printf("\n");
	}
}

/* ---- ---- */

static void *map_ring(size_t length, off_t which)
{
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, which);

	if (at == MAP_FAILED)
		fail("a ring's memory");
	return at;
}

static void start_ring(void)
{
	struct io_uring_params params = {0};
	char *to, *from;

	ring.fd = syscall(SYS_io_uring_setup, DEPTH, &params);
	if (ring.fd < 0)
		fail("io_uring_setup");
	to = map_ring(params.sq_off.array + params.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	from = map_ring(params.cq_off.cqes + params.cq_entries * sizeof(*ring.events), IORING_OFF_CQ_RING);
	ring.calls = map_ring(params.sq_entries * sizeof(*ring.calls), IORING_OFF_SQES);
	ring.to_tail = (unsigned int *)(to + params.sq_off.tail);
	ring.to_mask = (unsigned int *)(to + params.sq_off.ring_mask);
	ring.to_index = (unsigned int *)(to + params.sq_off.array);
	ring.from_head = (unsigned int *)(from + params.cq_off.head);
	ring.from_tail = (unsigned int *)(from + params.cq_off.tail);
	ring.from_mask = (unsigned int *)(from + params.cq_off.ring_mask);
	ring.events = (struct io_uring_cqe *)(from + params.cq_off.cqes);
}

static void prepare(struct place *place, const char *dir)
{
	place->dir = open(dir, O_RDONLY | O_DIRECTORY);
	if (place->dir < 0 || mkdirat(place->dir, "tree", 0755))
		fail(dir);
	place->buffered = openat(place->dir, "data", O_CREAT | O_RDWR, 0644);
	for (size_t at = 0; at < FILE_SIZE; at += MIB)
		if (pwrite(place->buffered, memory, MIB, at) != (ssize_t)MIB)
			fail("data");
	if (fsync(place->buffered))
		fail("data");
	place->direct = openat(place->dir, "data", O_RDWR | O_DIRECT);
}

int main(int argc, char **argv)
{
	memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (argc < 2 || argc - 1 > MOST_DIRS || memory == MAP_FAILED)
		return 2;
	memset(memory, 1, MIB);
	setvbuf(stdout, NULL, _IOLBF, 0);
	start_ring();
	for (place_count = 0; place_count < argc - 1; place_count++)
		prepare(places + place_count, argv[1 + place_count]);
	for (size_t i = 0; i < sizeof(transfers) / sizeof(transfers[0]); i++)
		measure_transfer(transfers + i);
	measure_names();
	return 0;
}
