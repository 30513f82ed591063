// SPDX-License-Identifier: GPL-2.0
/*
 * fault_cost ROUNDS [AREAS]: the time of one page fault on anonymous memory, in ns, the median of the rounds: writing to a page that
 * madvise() took.  With more than one area the pages lie in as many mappings, at least 2 MiB apart, and are written to without an order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define PAGES 256
#define PAGE 4096
#define SPAN (2ul << 20)

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

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 0, areas = argc == 3 ? atol(argv[2]) : 1;
	char *page[PAGES];
	double *ns = calloc(rounds, sizeof(*ns));

	if (argc > 3 || rounds < 1 || areas < 1 || areas > PAGES || !ns)
		return 2;
	/* Mappings of other rights lie between them, else neighbours would become one. */
	for (long area = 0; area < areas; area++) {
		char *start = mmap(NULL, 2 * SPAN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		start = (char *)(((unsigned long)start + SPAN - 1) & -SPAN);
		if (mprotect(start, PAGES * PAGE, PROT_READ | PROT_WRITE) != 0 || madvise(start, PAGES * PAGE, MADV_NOHUGEPAGE) != 0)
			return 2;
		for (long i = area; i < PAGES; i += areas)
			page[i] = start + i * PAGE;
	}
	srand(1);
	for (int i = areas > 1 ? PAGES - 1 : 0; i > 0; i--) { /* one after the other in one area, else without an order */
		int other = rand() % (i + 1);
		char *moved = page[i];

		page[i] = page[other];
		page[other] = moved;
	}
	for (long i = 0; i < rounds; i++) {
		for (int n = 0; n < PAGES; n++)
			madvise(page[n], PAGE, MADV_DONTNEED);
		double before_ns = now_ns();
		for (int n = 0; n < PAGES; n++)
			*(volatile char *)page[n] = 1;
		ns[i] = (now_ns() - before_ns) / PAGES;
	}
	qsort(ns, rounds, sizeof(*ns), by_size);
	printf("%.1f\n", ns[rounds / 2]);
	return 0;
}
