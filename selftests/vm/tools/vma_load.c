// SPDX-License-Identifier: GPL-2.0
/*
 * vma_load: loads that look up memory mappings in ways whose hit rates are known.
 *
 *	own THREADS ROUNDS	each thread faults in two mappings of its own again and again, between guard pages (as ebizzy does)
 *	spread COUNT ROUNDS	one thread faults in so many mappings in turn
 *	churn ROUNDS		mappings are made, touched and unmapped, several at once now and then
 *	storm COUNT		so many processes, one after the other, each touches one page
 *	crowd COUNT		so many threads at once, each touches one page
 *	herd COUNT		so many processes at once, each touches one page
 *	threads PAIRS ROUNDS	two threads take turns at each step, so that what is kept for the address space never fits
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 4
/* So far apart that no two share a slot by page, and some by 2 MiB. */
#define STEP (3 << 20)

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Pages that cannot be merged with what lies beside them. */
static char *map_between_guards(void)
{
	char *area = mmap(NULL, STEP, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED || mprotect(area + PAGE, PAGES * PAGE, PROT_READ | PROT_WRITE))
		fail("mmap");
	return area + PAGE;
}

static void touch(char *area)
{
	int i;

	for (i = 0; i < PAGES; i++)
		area[i * PAGE] = 1;
	if (madvise(area, PAGES * PAGE, MADV_DONTNEED))
		fail("madvise");
}

static int rounds;

static void *own(void *unused)
{
	char *a = map_between_guards(), *b = map_between_guards();
	int i;

	(void)unused;
	for (i = 0; i < rounds; i++) {
		touch(a);
		touch(b);
	}
	return NULL;
}

static pthread_barrier_t turn;

static void *take_turns(void *which)
{
	char *area = map_between_guards();
	int i;

	for (i = 0; i < rounds; i++) {
		if (i % 2 == (which != NULL))
			area[0] = 1, madvise(area, PAGE, MADV_DONTNEED);
		pthread_barrier_wait(&turn);
	}
	return NULL;
}

static void run(int threads, void *(*body)(void *))
{
	pthread_t thread[64];
	int i;

	for (i = 0; i < threads && i < 64; i++)
		if (pthread_create(&thread[i], NULL, body, (void *)(long)(i % 2)))
			fail("pthread_create");
	for (i = 0; i < threads && i < 64; i++)
		pthread_join(thread[i], NULL);
}

static void spread(int count)
{
	char **area = calloc(count, sizeof(*area));
	int i, n;

	for (n = 0; n < count; n++)
		area[n] = map_between_guards();
	for (i = 0; i < rounds; i++)
		for (n = 0; n < count; n++)
			touch(area[n]);
}

static void churn(void)
{
	char *kept = map_between_guards();
	int i;

	for (i = 0; i < rounds; i++) {
		char *area = map_between_guards();

		touch(kept);
		touch(area);
		/* Every third time with its guards, three mappings in one call. */
		if (munmap(area - (i % 3 ? 0 : PAGE), i % 3 ? PAGES * PAGE : STEP))
			fail("munmap");
		touch(kept);
	}
}

static void touch_once(void)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		fail("mmap");
	page[0] = 1;
}

static void storm(int count)
{
	while (count--) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child) {
			touch_once();
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

static void *one_of_crowd(void *unused)
{
	(void)unused;
	touch_once();
	pthread_barrier_wait(&turn);
	return NULL;
}

static void crowd(int count)
{
	pthread_t *thread = calloc(count, sizeof(*thread));
	int i;

	pthread_barrier_init(&turn, NULL, count);
	for (i = 0; i < count; i++)
		if (pthread_create(&thread[i], NULL, one_of_crowd, NULL))
			fail("pthread_create");
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
}

static void herd(int count)
{
	int ends[2], i;
	char word;

	if (pipe(ends))
		fail("pipe");
	for (i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (!child) {
			close(ends[1]);
			touch_once();
			/* Until all are there. */
			_exit(read(ends[0], &word, 1) != 0);
		}
	}
	close(ends[1]);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	const char *load = argc > 1 ? argv[1] : "";
	int number = argc > 3 ? atoi(argv[2]) : 0;

	rounds = argc > 2 ? atoi(argv[argc - 1]) : 0;
	if (!strcmp(load, "own") && number > 0) {
		run(number, own);
	} else if (!strcmp(load, "spread") && number > 0) {
		spread(number);
	} else if (!strcmp(load, "churn") && rounds > 0) {
		churn();
	} else if (!strcmp(load, "storm") && rounds > 0) {
		storm(rounds);
	} else if (!strcmp(load, "crowd") && rounds > 0) {
		crowd(rounds);
	} else if (!strcmp(load, "herd") && rounds > 0) {
		herd(rounds);
	} else if (!strcmp(load, "threads") && number > 0) {
		pthread_barrier_init(&turn, NULL, 2);
		run(2, take_turns);
	} else {
		fprintf(stderr, "vma_load: see its source\n");
		return 2;
	}
	return 0;
}
