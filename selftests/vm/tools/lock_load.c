// SPDX-License-Identifier: GPL-2.0
/*
 * lock_load KIND THREADS ROUNDS [DIR]: threads that contend for one kind of the kernel's locks. With LOCK_LOAD_TIMED in the environment, how
 * long they did is printed to stderr, in ns.
 *
 *	mmap		map and unmap in one address space
 *	foreign		read the memory of another process, which changes its protection
 *	page_table	fault and drop neighbouring pages, whose entries are in one page of the page table
 *	split		the same, but each thread in 2 MiB of its own, whose entries are in a page of its own
 *	split_foreign	fault in the memory of another process that does what page_table does; prints the number of that one
 *	vma		a thread faults large pages, ROUNDS of them and 64 at most; others advise on their mapping
 *	tasklist	setpgid() writes tasklist_lock, kill(-1) reads it
 *	css_set		list the members of a control group; DIR is it
 *	inode		append to one file in DIR
 *	pipe		write to one pipe and read from it: its mutex is in a slab object
 *	storm		processes that come and go, each of which writes once to a file in DIR whose lock another holds nearly always
 *	cgroup		make and remove control groups in DIR: cgroup_mutex, a variable of the kernel
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define HUGE (2ul << 20)
#define AREA (64 * HUGE)

static int rounds;
static const char *dir;
static char *area;
static int ends[2];
static int held;
static pid_t other;
static pthread_barrier_t all_ready;

static void map_and_unmap(long number)
{
	(void)number;
	char *at = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (at == MAP_FAILED)
		err(1, "mmap");
	munmap(at, 64 * PAGE);
}

static void read_foreign(long number)
{
	char word[8];
	struct iovec here = {word, sizeof(word)}, there = {area + number * PAGE, sizeof(word)};
	if (process_vm_readv(other, &here, 1, &there, 1, 0) < 0)
		err(1, "process_vm_readv");
	/* Mostly without the lock: the readers shall wait for the writer, not it for them. */
	for (volatile int i = 0; i < 100000; i++)
		;
}

static void fault_neighbour(long number)
{
	char *mine = area + number * PAGE;
	/* Reading maps the page of zeroes: no page is allocated, whose list has a lock of its own. */
	(void)*(volatile char *)mine;
	madvise(mine, PAGE, MADV_DONTNEED);
}

static void fault_foreign(long number)
{
	char word;
	struct iovec here = {&word, 1}, there = {area + (number + 8) * PAGE, 1};
	if (process_vm_readv(other, &here, 1, &there, 1, 0) < 0)
		err(1, "process_vm_readv");
}

static void fault_apart(long number)
{
	char *mine = area + number * HUGE;
	(void)*(volatile char *)mine;
	madvise(mine, PAGE, MADV_DONTNEED);
}

static void fault_or_protect(long number)
{
	static size_t faulted;
	if (number == 0 && faulted < AREA) {
		*(volatile char *)(area + faulted) = 1;
		__atomic_fetch_add(&faulted, HUGE, __ATOMIC_RELAXED);
		usleep(1000);
	}
	/* Advice is written into the mapping, under its lock. */
	for (int i = 0; number != 0 && __atomic_load_n(&faulted, __ATOMIC_RELAXED) < AREA; i++) {
		madvise(area, AREA, i % 2 ? MADV_SEQUENTIAL : MADV_NORMAL);
		usleep(200);
	}
}

static void use_task_list(long number)
{
	if (number % 2)
		setpgid(0, 0);
	else
		kill(-1, 0);
}

static void list_members(long number)
{
	static __thread int file = -1;
	char path[256], line[4096];
	(void)number;
	if (file < 0) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
		file = open(path, O_RDONLY);
		if (file < 0)
			err(1, "%s", path);
	}
	lseek(file, 0, SEEK_SET);
	while (read(file, line, sizeof(line)) > 0)
		;
}

/* Each thread has the file open for itself: else they would contend for the file's position. */
static void append(long number)
{
	static __thread int file = -1;
	static char block[32768];
	char path[256];
	if (file < 0) {
		snprintf(path, sizeof(path), "%s/lock_load", dir);
		file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
		if (file < 0)
			err(1, "%s", path);
	}
	if (write(file, block, sizeof(block)) < 0)
		err(1, "write");
	if (number == 0 && lseek(file, 0, SEEK_CUR) > (16 << 20) && ftruncate(file, 0))
		err(1, "ftruncate");
}

static void use_pipe(long number)
{
	char block[512] = "";
	(void)number;
	if (write(ends[1], block, sizeof(block)) < 0 || read(ends[0], block, sizeof(block)) < 0)
		err(1, "pipe");
}

static void start_process(long number)
{
	pid_t child = fork();
	if (child < 0)
		err(1, "fork");
	if (child == 0)
		_exit(pwrite(held, "", 1, number) != 1);
	waitpid(child, NULL, 0);
}

/* Each thread in a group of its own: else they would contend for one directory. */
static void make_groups(long number)
{
	char own[256], path[300];
	snprintf(own, sizeof(own), "%s/lock_load_%ld", dir, number);
	snprintf(path, sizeof(path), "%s/group", own);
	mkdir(own, 0755);
	if (mkdir(path, 0755) || rmdir(path))
		err(1, "%s", path);
}

static const struct kind {
	const char *name;
	void (*step)(long number);
} kinds[] = {
	{"mmap", map_and_unmap},   {"foreign", read_foreign},   {"page_table", fault_neighbour}, {"split", fault_apart},
	{"vma", fault_or_protect}, {"tasklist", use_task_list}, {"css_set", list_members},       {"inode", append},
	{"pipe", use_pipe},        {"cgroup", make_groups},     {"storm", start_process},        {"split_foreign", fault_foreign},
};

static const struct kind *kind;

static void *run(void *number)
{
	pthread_barrier_wait(&all_ready);
	for (int i = 0; i < rounds; i++)
		kind->step((long)number);
	return NULL;
}

/* The process whose memory is read: it changes the protection of all of it, over and over, as a writer of its mmap_lock. */
static void start_other(void)
{
	memset(area, 1, AREA);
	other = fork();
	if (other < 0)
		err(1, "fork");
	while (other == 0) {
		mprotect(area, AREA, PROT_READ);
		mprotect(area, AREA, PROT_READ | PROT_WRITE);
	}
}

static void start_faulter(void)
{
	other = fork();
	if (other < 0)
		err(1, "fork");
	while (other == 0) {
		for (int i = 0; i < 16; i++)
			(void)*(volatile char *)(area + i * PAGE);
		madvise(area, 16 * PAGE, MADV_DONTNEED);
	}
	printf("%d\n", other);
	fflush(stdout);
}

static void start_holder(void)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/lock_load_held", dir);
	held = open(path, O_CREAT | O_WRONLY, 0600);
	if (held < 0)
		err(1, "%s", path);
	other = fork();
	if (other < 0)
		err(1, "fork");
	while (other == 0)
		if (pwrite(held, area, 4 * HUGE, 0) < 0)
			_exit(1);
}

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "KIND THREADS ROUNDS [DIR]");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, argv[1]))
			kind = &kinds[i];
	long threads = atol(argv[2]);
	rounds = atoi(argv[3]);
	dir = argc > 4 ? argv[4] : "/tmp";
	if (!kind || threads < 1 || threads > 64 || rounds < 1)
		errx(2, "KIND THREADS ROUNDS [DIR]");
	area = mmap(NULL, AREA + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		err(1, "mmap");
	area = (char *)(((unsigned long)area + HUGE - 1) & ~(HUGE - 1));
	madvise(area, AREA, strcmp(kind->name, "vma") ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	if (pipe(ends))
		err(1, "pipe");
	if (kind->step == read_foreign)
		start_other();
	if (kind->step == fault_foreign)
		start_faulter();
	if (kind->step == start_process)
		start_holder();
	pthread_barrier_init(&all_ready, NULL, (unsigned)threads);
	pthread_t list[64];
	double began_ns = now_ns();
	for (long i = 0; i < threads; i++)
		if (pthread_create(&list[i], NULL, run, (void *)i))
			errx(1, "no thread");
	for (long i = 0; i < threads; i++)
		pthread_join(list[i], NULL);
	if (getenv("LOCK_LOAD_TIMED"))
		fprintf(stderr, "%.0f\n", now_ns() - began_ns);
	if (other > 0) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
	return 0;
}
