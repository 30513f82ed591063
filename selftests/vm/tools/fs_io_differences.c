// SPDX-License-Identifier: GPL-2.0
/*
 * What is known to differ through orielfs about reading, writing and mapping, a line for each row of the list.
 *
 *   fs_io_differences DIRECTORY    all of it
 *   fs_io_differences fill FILE    8 MiB written while the file is mapped, and made durable
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_ATOMIC
#define RWF_ATOMIC 0x40
#endif
#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x80
#endif

#define SIZE (64 * 1024)
#define FILLED (8 << 20)

static char *block; /* of 4096 bytes, aligned */

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
}

static void *map(int fd)
{
	void *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (bytes == MAP_FAILED)
		err(1, "mmap");
	return bytes;
}

/* A file of SIZE bytes that nobody has in memory. */
static int make(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (int i = 0; i < SIZE / 4096; i++)
		if (write(fd, block, 4096) != 4096)
			err(1, "%s", name);
	fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

static void direct_while_mapped(void)
{
	int fd = make("direct"), direct = open("direct", O_RDWR | O_DIRECT);
	unsigned char there = 0;
	char *bytes = map(fd);

	say("an aligned read with O_DIRECT of what is mapped", pread(direct, block, 4096, 0));
	mincore(bytes, 4096, &there);
	printf("it went through the page cache: %d\n", there & 1);
	say("a read with O_DIRECT of what is mapped, not aligned", pread(direct, block, 100, 1));
	munmap(bytes, SIZE);
	close(direct);
	close(fd);
}

static void change_time_of_mapped(void)
{
	int fd = make("times");
	char *bytes = map(fd);
	struct stat written, now;

	bytes[0] = 'x';
	fstat(fd, &written);
	usleep(100000); /* some ticks of the clock that files have */
	munmap(bytes, SIZE);
	fsync(fd);
	close(fd);
	stat("times", &now);
	printf("ctime after a mapped write is when that was: %d\n",
	       now.st_ctim.tv_sec == written.st_ctim.tv_sec && now.st_ctim.tv_nsec == written.st_ctim.tv_nsec);
}

/* What has blocks, on one that can share these, but not from the middle of one. */
static void access_time_of_copied(void)
{
	int from = make("from"), to = make("to");
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 2000}};
	loff_t at = 100, into = 300;
	struct stat now;

	futimens(from, old);
	say("copy_file_range", copy_file_range(from, &at, to, &into, 1000, 0));
	fstat(from, &now);
	printf("atime of what was copied changed: %d\n", now.st_atim.tv_sec != 1000);
	close(from);
	close(to);
}

static void polled(void)
{
	struct io_uring_params params = {.flags = IORING_SETUP_IOPOLL};
	int ring = syscall(SYS_io_uring_setup, 1, &params), fd = make("polled"), direct = open("polled", O_RDWR | O_DIRECT);
	char *to = mmap(NULL, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *from = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED,
			  ring, IORING_OFF_CQ_RING);
	struct io_uring_sqe *call = mmap(NULL, sizeof(*call), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	int result;

	if (ring < 0 || to == MAP_FAILED || from == MAP_FAILED || call == MAP_FAILED)
		err(1, "io_uring");
	*call = (struct io_uring_sqe){.opcode = IORING_OP_READ, .fd = direct, .addr = (uintptr_t)block, .len = 4096};
	*(unsigned int *)(to + params.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(to + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0 && errno == EINTR)
		;
	result = ((struct io_uring_cqe *)(from + params.cq_off.cqes))->res;
	errno = -result;
	say("a read that is polled for", result);
	close(ring);
	close(direct);
	close(fd);
}

static void flags(void)
{
	int fd = make("flags"), direct = open("flags", O_RDWR | O_DIRECT);
	struct iovec part = {block, 4096};
	char *bytes;

	say("RWF_ATOMIC", pwritev2(direct, &part, 1, 4096, RWF_ATOMIC));
	say("RWF_DONTCACHE, writing", pwritev2(fd, &part, 1, 8192, RWF_DONTCACHE));
	say("RWF_DONTCACHE, reading", preadv2(fd, &part, 1, 12288, RWF_DONTCACHE));
	bytes = map(fd);
	memset(block, 'd', 4096);
	say("RWF_DONTCACHE, writing what is mapped", pwritev2(fd, &part, 1, 8192, RWF_DONTCACHE));
	say("RWF_DONTCACHE, reading what is mapped", preadv2(fd, &part, 1, 8192, RWF_DONTCACHE));
	printf("RWF_DONTCACHE, the mapping shows it: %d\n", bytes[8192] == 'd' || errno == EOPNOTSUPP);
	munmap(bytes, SIZE);
	close(direct);
	close(fd);
}

static void fill(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, SIZE) != 0)
		err(1, "%s", name);
	map(fd);
	for (int i = 0; i < FILLED / 4096; i++)
		if (write(fd, block, 4096) != 4096)
			err(1, "%s", name);
	if (fsync(fd) != 0)
		err(1, "fsync");
}

int main(int argc, char **argv)
{
	block = aligned_alloc(4096, 4096);
	memset(block, 'b', 4096);
	if (argc == 3 && strcmp(argv[1], "fill") == 0) {
		fill(argv[2]);
		return 0;
	}
	if (argc != 2 || chdir(argv[1]) != 0)
		errx(2, "see its beginning for how it is used");
	direct_while_mapped();
	change_time_of_mapped();
	access_time_of_copied();
	polled();
	flags();
	return 0;
}
