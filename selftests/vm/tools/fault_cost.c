// SPDX-License-Identifier: GPL-2.0
/* fault_cost ROUNDS: the time of one page fault on anonymous memory, ns: writing to a page that madvise() took, less that madvise(). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define PAGES 256
#define PAGE 4096

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	long rounds = argc == 2 ? atol(argv[1]) : 0;
	char *area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	double faults_ns = 0;

	if (rounds < 1 || area == MAP_FAILED)
		return 2;
	madvise(area, PAGES * PAGE, MADV_NOHUGEPAGE);
	for (long i = 0; i < rounds; i++) {
		madvise(area, PAGES * PAGE, MADV_DONTNEED);
		double before_ns = now_ns();
		for (int page = 0; page < PAGES; page++)
			*(volatile char *)(area + page * PAGE) = 1;
		faults_ns += now_ns() - before_ns;
	}
	printf("%.1f\n", faults_ns / (rounds * PAGES));
	return 0;
}
