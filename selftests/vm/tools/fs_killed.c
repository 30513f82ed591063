// SPDX-License-Identifier: GPL-2.0
/*
 * fs_killed FILE: processes fill the file through a mapping, and a timer kills them, each a little later, while they close the file, which
 * writes it back.  Silent if all of it is there each time.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE (1 << 20)
#define TRIES 8
#define STEP 100000 /* ns */

static void fill(const char *path, char byte, long delay)
{
	struct sigevent kill = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	struct itimerspec then = {.it_value = {.tv_nsec = delay}};
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	timer_t timer;
	char *map;

	if (fd < 0 || ftruncate(fd, SIZE))
		err(1, "%s", path);
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		err(1, "%s cannot be mapped", path);
	memset(map, byte, SIZE);
	munmap(map, SIZE);
	if (timer_create(CLOCK_MONOTONIC, &kill, &timer) || timer_settime(timer, 0, &then, NULL))
		err(1, "timer");
	close(fd);
	for (;;)
		pause();
}

static void check(const char *path, char byte)
{
	static char seen[SIZE];
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, seen, SIZE) != SIZE)
		err(1, "%s", path);
	close(fd);
	for (int i = 0; i < SIZE; i++)
		if (seen[i] != byte)
			errx(1, "byte %d is %02x instead of %02x", i, (unsigned char)seen[i], byte);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	for (int i = 0; i < TRIES; i++) {
		int status;
		pid_t child = fork();

		if (!child)
			fill(argv[1], 'a' + i, (i + 1) * STEP);
		if (child < 0 || waitpid(child, &status, 0) < 0)
			err(1, "fork");
		if (!WIFSIGNALED(status))
			return 1;
		check(argv[1], 'a' + i);
	}
	return 0;
}
