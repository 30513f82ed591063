// SPDX-License-Identifier: GPL-2.0
/*
 * What a file system says in trouble, a line for each call; two that behave alike give the same lines.
 *
 *   fs_trouble dying DIRECTORY COMMAND  files with dirty pages, written and mapped, and several descriptors; COMMAND makes the disk fail
 *   fs_trouble full DIRECTORY           until nothing fits any more
 *   fs_trouble fill FILE MIB write|map  so much is written or mapped and dirtied, made durable, and read again
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (256 * 1024)
#define STEP (1 << 20)

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
}

static int make(const char *path, size_t size, char byte)
{
	char *bytes = malloc(size);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	memset(bytes, byte, size);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fsync(fd) != 0)
		err(2, "%s", path);
	free(bytes);
	return fd;
}

static char *map(int fd, size_t size)
{
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		err(2, "mmap");
	return map;
}

/* ---- a disk that fails ---- */

struct victim {
	const char *name;
	int first, second; /* descriptors */
	char *map;
};

static struct victim victim(const char *name, bool mapped)
{
	struct victim made = {.name = name, .first = make(name, SIZE, 'a'), .second = open(name, O_RDWR)};

	made.map = mapped ? map(made.first, SIZE) : NULL;
	if (made.map)
		memset(made.map, 'b', SIZE);
	if (pwrite(made.second, "c", 1, 5) != 1)
		err(2, "%s", name);
	return made;
}

/* Each descriptor learns of it once. */
static void sync_twice(const struct victim *victim)
{
	char what[80];

	for (int i = 0; i < 2; i++) {
		snprintf(what, sizeof(what), "fsync of %s by its first descriptor, time %d", victim->name, i);
		say(what, fsync(victim->first));
	}
	for (int i = 0; i < 2; i++) {
		snprintf(what, sizeof(what), "fsync of %s by its second descriptor, time %d", victim->name, i);
		say(what, fsync(victim->second));
	}
	if (victim->map)
		say("msync of it", msync(victim->map, SIZE, MS_SYNC));
}

static void dying(const char *command)
{
	struct victim mapped = victim("mapped", true), written = victim("written", false);
	char byte;

	if (system(command) != 0)
		errx(2, "%s failed", command);
	sync_twice(&mapped);
	sync_twice(&written);
	say("read of what is cached", pread(written.first, &byte, 1, 5));
	say("write", pwrite(written.first, "d", 1, 6));
	say("truncate", ftruncate(written.first, 7));
	say("create", open("new", O_RDWR | O_CREAT, 0600));
	say("unlink", unlink("mapped"));
	say("close", close(mapped.first));
	munmap(mapped.map, SIZE);
	say("close of the second", close(mapped.second));
	for (int time = 0; time < 2; time++) {
		say("syncfs", syncfs(written.first));
		say("syncfs of the second", syncfs(written.second));
	}
}

/* ---- a full disk ---- */

static sigjmp_buf bus;

static void jump(int unused)
{
	(void)unused;
	siglongjmp(bus, 1);
}

static void dirty_holes(void)
{
	int fd = open("holes", O_RDWR | O_CREAT, 0600);
	char *bytes;

	if (ftruncate(fd, 16 * STEP) != 0)
		err(2, "holes");
	bytes = map(fd, 16 * STEP);
	signal(SIGBUS, jump);
	if (sigsetjmp(bus, 1) == 0)
		memset(bytes, 'h', 16 * STEP);
	else
		errno = ENOSPC, say("writing to a mapping of holes", -1);
	say("fsync of mapped holes", fsync(fd));
	say("fsync again", fsync(fd));
	munmap(bytes, 16 * STEP);
	close(fd);
}

static void full(void)
{
	int fd = open("full", O_RDWR | O_CREAT, 0600), other = make("other", STEP, 'o');
	char *bytes = calloc(1, STEP), *other_map = map(other, STEP);
	ssize_t step;

	memset(other_map, 'p', STEP);
	say("fallocate of too much", posix_fallocate(fd, 0, 1 << 30) ? (errno = ENOSPC, -1) : 0);
	say("truncate", ftruncate(fd, 0));
	while ((step = write(fd, bytes, STEP)) > 0)
		;
	say("write when it is full", step);
	say("fsync of what fitted", fsync(fd));
	say("fsync of what was there before", fsync(other));
	say("write over what is there", pwrite(fd, bytes, 4096, 0));
	say("a mapped write over what is there", (memset(other_map, 'q', STEP), msync(other_map, STEP, MS_SYNC)));
	dirty_holes();
	say("unlink", unlink("full") | unlink("holes"));
	close(fd);
	say("and then there is room", pwrite(other, bytes, STEP, STEP));
	say("fsync", fsync(other));
}

/* ---- more than memory ---- */

static void fill(const char *path, size_t size, bool mapped)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *bytes = malloc(STEP), *map_of = NULL;

	if (fd < 0 || ftruncate(fd, size) != 0)
		err(1, "%s", path);
	if (mapped)
		map_of = map(fd, size);
	for (size_t at = 0; at < size; at += STEP) {
		memset(bytes, 1 + at / STEP % 251, STEP);
		if (mapped)
			memcpy(map_of + at, bytes, STEP);
		else if (pwrite(fd, bytes, STEP, at) != STEP)
			err(1, "write");
	}
	if (fsync(fd) != 0)
		err(1, "fsync");
	for (size_t at = 0; at < size; at += STEP) {
		if (pread(fd, bytes, STEP, at) != STEP)
			err(1, "read");
		for (size_t i = 0; i < STEP; i++)
			if ((unsigned char)bytes[i] != 1 + at / STEP % 251)
				errx(1, "byte %zu is %02x", at + i, bytes[i]);
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 5 && strcmp(argv[1], "fill") == 0) {
		fill(argv[2], strtoul(argv[3], NULL, 0) * STEP, strcmp(argv[4], "map") == 0);
		return 0;
	}
	if (argc < 3 || chdir(argv[2]) != 0)
		errx(2, "see its beginning for how it is used");
	if (argc == 4 && strcmp(argv[1], "dying") == 0)
		dying(argv[3]);
	else if (strcmp(argv[1], "full") == 0)
		full();
	else
		errx(2, "see its beginning for how it is used");
	return 0;
}
