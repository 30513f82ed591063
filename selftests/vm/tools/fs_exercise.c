// SPDX-License-Identifier: GPL-2.0
/*
 * fs_exercise [OPTION...] DIRECTORY: random operations on two files there, each of which is done to a model in memory as well; content and
 * size are compared all the time.  Prints the seed first.  Exit status: 0; 1 a difference, with the operations before it; 2 usage.
 *
 *   --seed N, --operations N, --size BYTES   of each file at most, whole pages
 *   --mmap           through mappings as well
 *   --own-buffers    most buffers are mappings of the files themselves
 *   --aio, --uring   several requests at once
 *   --cuts           ranges of any bytes are taken out and put in
 *   --threads N      at most 6 threads in ranges of their own, one that changes the size behind them, and one that reads
 *   --bare           without what the kernel's own file systems do not all keep: that what a mapping writes behind the end of a file stays
 *                    invisible, and what is read directly into a mapping
 *   --no-holes       without SEEK_HOLE, as XFS 6.1 finds holes where bytes are
 *   --spare-end      nothing is written directly to the page where the file ends beside what makes it longer: FAT clears the rest of that page
 *                    through the page cache (fat_direct_IO() in fs/fat/inode.c), and if it is dirty when the direct write is complete,
 *                    fsync(2) says EIO (dio_warn_stale_pagecache() in mm/filemap.c), also without orielfs
 *   --lower DIR      what lies beneath: an operation which that itself does wrong is left out, which is printed as "the lower ..."
 *   --break-model N  the model is wrong from operation N on, which must be found
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fs_exercise.h"

#define MOST_THREADS 6
#define LOUD 16 /* after so many operations comparing each, comparing each again after as many without */

struct options options = {.operations = 1000, .size = 256 * 1024};

static struct file files[FILES] = {{.name = "first"}, {.name = "second"}};
static struct worker workers[MOST_THREADS + 2]; /* behind those that write, one that reads */
static int worker_count;
static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER; /* taken for good by who ends the program, and around `missing` */
static const char *missing[16];
static bool ended;

/* ---- reporting ---- */

void note(struct worker *worker, const char *format, ...)
{
	char *line = worker->history[worker->operation % HISTORY];
	int used = snprintf(line, sizeof(worker->history[0]), "%lu: ", worker->operation);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + used, sizeof(worker->history[0]) - used, format, arguments);
	va_end(arguments);
}

static void show_history(const struct worker *worker)
{
	unsigned long first = worker->operation < HISTORY ? 0 : worker->operation - HISTORY + 1;

	printf("the last operations of worker %d, on %lld to %lld:\n", worker->number, (long long)worker->low, (long long)worker->high);
	for (unsigned long i = first; i <= worker->operation; i++)
		printf("  %s\n", worker->history[i % HISTORY]);
}

_Noreturn void fail(struct worker *worker, const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&report_lock);
	printf("seed %llu, operation %s: ", (unsigned long long)options.seed, worker->history[worker->operation % HISTORY]);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	show_history(worker);
	fflush(stdout);
	_exit(1);
}

void expect_result(struct worker *worker, ssize_t got, ssize_t wanted)
{
	if (got != wanted)
		fail(worker, "returned %zd (%s) instead of %zd", got, got == -1 ? strerrorname_np(errno) : "ok", wanted);
}

void touch(struct worker *worker, struct handle *handle, struct range range)
{
	worker->touched = handle;
	worker->changed = range;
}

void absent(const char *what)
{
	size_t i = 0;

	pthread_mutex_lock(&report_lock);
	while (missing[i] && strcmp(missing[i], what) != 0)
		i++;
	if (i < sizeof(missing) / sizeof(*missing) - 1)
		missing[i] = what;
	pthread_mutex_unlock(&report_lock);
}

/* A run that hangs is told to end: what it was at is the report. */
static void *await_end(void *signals)
{
	int signal;

	sigwait(signals, &signal);
	pthread_mutex_lock(&report_lock);
	printf("seed %llu: it was stopped\n", (unsigned long long)options.seed);
	for (int i = 0; i < worker_count; i++)
		show_history(workers + i);
	fflush(stdout);
	_exit(1);
}

/* ---- working ---- */

int open_again(const struct handle *handle, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", handle->fd);
	return open(path, flags);
}

static const struct operation *draw_operation(struct worker *worker)
{
	const struct operation *operation;
	uint64_t sum = 0, drawn;

	for (operation = operations; operation < operations + operation_count; operation++)
		sum += operation->needs & ~worker->may ? 0 : operation->weight;
	drawn = below(worker, sum);
	for (operation = operations;; operation++) {
		if (operation->needs & ~worker->may)
			continue;
		if (drawn < operation->weight)
			return operation;
		drawn -= operation->weight;
	}
}

/* Comparing reads, which may hide what is wrong: so it is left out for a while now and then. */
static void check_operation(struct worker *worker)
{
	if (worker->operation % (2 * LOUD) == 2 * LOUD - 1 || worker->operation + 1 == options.operations)
		compare_all(worker);
	else if (worker->touched && worker->operation / LOUD % 2)
		compare_range(worker, worker->touched, worker->changed);
	worker->touched = NULL;
}

static void break_model(struct worker *worker)
{
	worker->handles[0].file->bytes[worker->low] ^= 0x40;
	if (worker->handles[0].file->size <= worker->low)
		worker->handles[0].file->size = worker->low + 1;
	compare_all(worker);
}

static void *work(void *which)
{
	struct worker *worker = which;

	for (; worker->operation < options.operations; worker->operation++) {
		const struct operation *operation = draw_operation(worker);

		note(worker, "%s", operation->name);
		operation->run(worker, worker->handles + (one_in(worker, 4) ? 1 : 0));
		if (options.break_model && worker->operation >= options.break_model)
			break_model(worker);
		check_operation(worker);
	}
	return NULL;
}

/* What was read anywhere while others write: each byte is zero, or of whom it belongs to. */
static void expect_owners(struct worker *worker, off_t at, size_t length)
{
	off_t slice = workers[0].high, owner = at / slice;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = worker->scratch[i];

		if (at + (off_t)i == (owner + 1) * slice)
			owner++;
		if (byte && byte >> 5 != (owner < worker_count ? owner + 1 : worker_count))
			fail(worker, "byte %lld is %02x, which only another worker wrote", (long long)at + (long long)i, byte);
	}
}

static unsigned long operations_done(void)
{
	unsigned long done = 0;

	for (int i = 0; i < worker_count; i++)
		done += __atomic_load_n(&workers[i].operation, __ATOMIC_RELAXED);
	return done;
}

/* Where nothing has happened since it read last, it pauses: the others would wait for it. */
static void *read_all(void *which)
{
	struct worker *worker = which;
	unsigned long seen = 0, done;

	for (; !__atomic_load_n(&ended, __ATOMIC_ACQUIRE); worker->operation++) {
		const struct handle *handle = worker->handles + below(worker, FILES);
		struct range range = draw_range(worker, handle->file);
		ssize_t got = pread(handle->fd, worker->scratch, range.length, range.at);

		note(worker, "read %s, %zu at %lld", handle->file->name, range.length, (long long)range.at);
		if (got < 0)
			fail(worker, "returned %s", strerrorname_np(errno));
		expect_owners(worker, range.at, got);
		done = operations_done();
		if (done == seen)
			usleep(below(worker, 2000));
		seen = done;
	}
	return NULL;
}

/* ---- setting up ---- */

/*
 * ext4 of 7.3: where zeroing goes on behind the end, from one block's start to another's, what is on the disk of the last block stays there.
 * Blocks are 4096 bytes at most.
 */
static bool zeroes_end(const char *directory)
{
	static const char ones[5000] = {[4096 ... 4999] = 1};
	char path[4096], last = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/.zeroed", directory);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || unlink(path) != 0)
		err(2, "%s", path);
	if (write(fd, ones, sizeof(ones)) != sizeof(ones) || fsync(fd) != 0)
		err(2, "%s", directory);
	if (fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 8192) == 0 && pread(fd, &last, 1, 4999) != 1)
		err(2, "%s", directory);
	close(fd);
	return last == 0;
}

static void ask_lower(const char *directory)
{
	options.spare_zeroed_end = !zeroes_end(directory);
	if (options.spare_zeroed_end)
		printf("the lower leaves bytes where it zeroes what goes on behind the end: not tried\n");
}

static void open_handles(struct worker *worker)
{
	for (int i = 0; i < FILES; i++) {
		worker->handles[i].file = files + i;
		worker->handles[i].fd = open(files[i].name, O_RDWR);
		if (worker->handles[i].fd < 0)
			err(2, "%s", files[i].name);
	}
}

static void make_worker(struct worker *worker, off_t low, off_t high)
{
	worker->number = worker - workers;
	worker->low = low;
	worker->high = high;
	worker->random = (options.seed + worker->number + 1) * 0x9e3779b97f4a7c15ull | 1;
	worker->may = (options.mmap ? NEEDS_MMAP : 0) | (options.aio ? NEEDS_AIO : 0) | (options.uring ? NEEDS_URING : 0) |
		      (options.no_holes ? 0 : NEEDS_HOLES) | (options.cuts ? NEEDS_CUTS : 0);
	worker->memory = mmap(NULL, 2 * options.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	worker->scratch = malloc(options.size);
	if (worker->memory == MAP_FAILED || !worker->scratch)
		err(2, "no memory");
}

/* Half of the file is divided among the threads, at any byte; the rest is for who changes the size. */
static void make_workers(void)
{
	off_t slice = options.threads ? options.size / 2 / options.threads - 123 : 0;
	struct worker *last = workers + options.threads;

	for (int i = 0; i < options.threads; i++)
		make_worker(workers + i, i * slice, (i + 1) * slice);
	make_worker(last, options.threads * slice, options.size);
	last->may |= NEEDS_SIZES | (options.threads ? 0 : NEEDS_SOLE);
	worker_count = options.threads + 1;
	for (int i = 0; i < FILES; i++) {
		int fd = open(files[i].name, O_RDWR | O_CREAT | O_TRUNC, 0600);

		files[i].bytes = calloc(1, options.size);
		files[i].size = last->low;
		if (fd < 0 || !files[i].bytes || ftruncate(fd, last->low) != 0)
			err(2, "%s", files[i].name);
		close(fd);
	}
	make_worker(workers + worker_count, 0, options.size);
	for (int i = 0; i <= worker_count; i++)
		open_handles(workers + i);
}

static void start(pthread_t *thread, void *(*body)(void *), void *argument)
{
	int status = pthread_create(thread, NULL, body, argument);

	if (status)
		errx(2, "no thread: %s", strerror(status));
}

static void run_workers(void)
{
	pthread_t threads[MOST_THREADS + 1], reader, stopper;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	start(&stopper, await_end, &signals);
	if (options.threads)
		start(&reader, read_all, workers + worker_count);
	for (int i = 0; i < worker_count; i++)
		start(threads + i, work, workers + i);
	for (int i = 0; i < worker_count; i++)
		pthread_join(threads[i], NULL);
	__atomic_store_n(&ended, true, __ATOMIC_RELEASE);
	if (options.threads)
		pthread_join(reader, NULL);
}

static void parse_options(int argc, char **argv)
{
	enum { SEED = 1, OPERATIONS, SIZE, MMAP, BARE, OWN_BUFFERS, AIO, URING, THREADS, BREAK_MODEL, NO_HOLES, SPARE_END, CUTS, LOWER };
	static const struct option known[] = {
		{"seed", 1, NULL, SEED},
		{"operations", 1, NULL, OPERATIONS},
		{"size", 1, NULL, SIZE},
		{"mmap", 0, NULL, MMAP},
		{"bare", 0, NULL, BARE},
		{"own-buffers", 0, NULL, OWN_BUFFERS},
		{"aio", 0, NULL, AIO},
		{"uring", 0, NULL, URING},
		{"threads", 1, NULL, THREADS},
		{"break-model", 1, NULL, BREAK_MODEL},
		{"no-holes", 0, NULL, NO_HOLES},
		{"spare-end", 0, NULL, SPARE_END},
		{"cuts", 0, NULL, CUTS},
		{"lower", 1, NULL, LOWER},
		{0},
	};
	char *end = "";

	options.seed = time(NULL) ^ getpid();
	for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		unsigned long long number = optarg && option != LOWER ? strtoull(optarg, &end, 0) : 0;

		if (*end)
			errx(2, "%s is no number", optarg);
		switch (option) {
		case SEED:
			options.seed = number;
			break;
		case OPERATIONS:
			options.operations = number;
			break;
		case SIZE:
			options.size = number;
			break;
		case MMAP:
			options.mmap = true;
			break;
		case BARE:
			options.bare = true;
			break;
		case OWN_BUFFERS:
			options.own_buffers = true;
			break;
		case AIO:
			options.aio = true;
			break;
		case URING:
			options.uring = true;
			break;
		case THREADS:
			options.threads = number;
			break;
		case BREAK_MODEL:
			options.break_model = number;
			break;
		case NO_HOLES:
			options.no_holes = true;
			break;
		case SPARE_END:
			options.spare_end = true;
			break;
		case CUTS:
			options.cuts = true;
			break;
		case LOWER:
			options.lower = optarg;
			break;
		default:
			exit(2);
		}
	}
	if (optind != argc - 1)
		errx(2, "usage: fs_exercise [OPTION...] DIRECTORY");
	options.directory = argv[optind];
	if (options.size < 16 * PAGE || options.size % PAGE || options.size > 1 << 30)
		errx(2, "--size is 64 KiB to 1 GiB, in whole pages");
	if (options.threads < 0 || options.threads > MOST_THREADS)
		errx(2, "--threads is at most %d", MOST_THREADS);
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	if (options.lower)
		ask_lower(options.lower);
	if (chdir(options.directory) != 0)
		err(2, "%s", options.directory);
	printf("seed %llu\n", (unsigned long long)options.seed);
	fflush(stdout);
	make_workers();
	run_workers();
	for (size_t i = 0; missing[i]; i++)
		printf("not there: %s\n", missing[i]);
	printf("all is as it should be\n");
	return 0;
}
