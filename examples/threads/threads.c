// SPDX-License-Identifier: GPL-2.0
/*
 * An ordinary program that does not scale: four threads, each with buffers of its own, which it maps, fills and unmaps. They share nothing in
 * the program, but one address space in the kernel.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define THREADS 4
#define ROUNDS 400
#define BUFFER (32ul * 4096)

static void *work(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		char *buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (buffer == MAP_FAILED) {
			perror("mmap");
			exit(1);
		}
		memset(buffer, i, BUFFER);
		munmap(buffer, BUFFER);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
