// SPDX-License-Identifier: GPL-2.0
/* Bytes of files: reading, writing, allocating, locking, mapping and copying them. */
#define _GNU_SOURCE
#include <err.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "fs_ops.h"

void reading_and_writing(void)
{
	static const off_t places[] = {0, 1, 511, 512, 4095, 4096, 4097, 8191, 65535, 1 << 20};
	char big[9000], back[9000], *volatile nowhere = (char *)8;
	struct iovec parts[3] = {{big, 10}, {big + 10, 0}, {big + 10, 4090}};
	int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		TRY(pwrite(fd, big, sizeof(big), places[i]), "pwrite at %lld", (long long)places[i]);
		TRY(pread(fd, back, sizeof(back), places[i]), "pread at %lld", (long long)places[i]);
		TRY(memcmp(big, back, sizeof(big)), "the same");
	}
	show("f");
	TRY(pread(fd, back, 10, 5 << 20), "pread behind the end");
	TRY(pread(fd, back, 10, -1), "pread before the start");
	TRY(pwrite(fd, big, 10, -1), "pwrite before the start");
	TRY(pwrite(fd, big, 0, 9 << 20), "pwrite of nothing");
	TRY(pread(fd, nowhere, 10, 0), "pread into nowhere");
	TRY(pwrite(fd, nowhere, 10, 0), "pwrite from nowhere");
	TRY(preadv2(fd, parts, 3, 4096, 0), "preadv2");
	TRY(preadv2(fd, parts, 3, -1, 0), "preadv2 at the position");
	TRY(pwritev2(fd, parts, 3, 100, RWF_SYNC), "pwritev2 sync");
	TRY(pwritev2(fd, parts, 3, 100, RWF_DSYNC), "pwritev2 dsync");
	TRY(pwritev2(fd, parts, 3, 0, RWF_APPEND), "pwritev2 append");
	TRY(preadv2(fd, parts, 3, 0, 0x4000), "preadv2 with a flag of nobody");
	show("f");
	TRY(lseek(fd, 0, SEEK_END), "seek to the end");
	TRY(lseek(fd, -1, SEEK_SET), "seek before the start");
	TRY(lseek(fd, 0, 99), "seek from nowhere");
	TRY(ftruncate(fd, 0), "ftruncate 0");
	TRY(ftruncate(fd, 100000), "ftruncate longer");
	TRY(ftruncate(fd, -1), "ftruncate below 0");
	TRY(lseek(fd, 0, SEEK_DATA), "data in a hole");
	TRY(lseek(fd, 0, SEEK_HOLE), "hole in a hole");
	TRY(pwrite(fd, big, 4096, 65536), "pwrite in a hole");
	TRY(lseek(fd, 0, SEEK_DATA), "the data");
	TRY(lseek(fd, 65536, SEEK_HOLE), "the hole behind");
	TRY(lseek(fd, 200000, SEEK_DATA), "data behind the end");
	TRY(fsync(fd), "fsync");
	TRY(fdatasync(fd), "fdatasync");
	TRY(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE), "sync_file_range");
	TRY(syncfs(fd), "syncfs");
	TRY(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), "fadvise");
	TRY(readahead(fd, 0, 4096), "readahead");
	close(fd);
	fd = open("f", O_WRONLY | O_APPEND);
	TRY(write(fd, "end", 3), "append");
	TRY(pwrite(fd, "end", 3, 0), "pwrite to append");
	TRY(lseek(fd, 0, SEEK_CUR), "the position");
	TRY(read(fd, back, 1), "read of a writer");
	close(fd);
	show("f");
	fd = open("f", O_RDONLY);
	TRY(write(fd, "x", 1), "write of a reader");
	TRY(ftruncate(fd, 1), "ftruncate of a reader");
	close(fd);
	TRY(truncate("f", 10), "truncate");
	TRY(truncate("missing", 10), "truncate nothing");
	TRY(truncate(".", 10), "truncate a directory");
	show("f");
}

void allocating(void)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{"allocate", 0},
		{"keep size", FALLOC_FL_KEEP_SIZE},
		{"punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
		{"punch alone", FALLOC_FL_PUNCH_HOLE},
		{"zero", FALLOC_FL_ZERO_RANGE},
		{"zero keep size", FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE},
		{"unshare", FALLOC_FL_UNSHARE_RANGE},
		{"nobody's", 0x4000},
	};
	static const off_t ranges[][2] = {{0, 4096}, {4096, 8192}, {100, 200}, {12288, 4096}, {1 << 20, 4096}, {0, 0}, {-1, 5}, {0, -1}};

	for (size_t m = 0; m < sizeof(modes) / sizeof(*modes); m++)
		for (size_t r = 0; r < sizeof(ranges) / sizeof(*ranges); r++) {
			char zeros[16384];
			int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0644);

			memset(zeros, 'z', sizeof(zeros));
			if (write(fd, zeros, sizeof(zeros)) != sizeof(zeros))
				warn("write");
			TRY(fallocate(fd, modes[m].mode, ranges[r][0], ranges[r][1]), "fallocate %s %lld %lld", modes[m].name,
			    (long long)ranges[r][0], (long long)ranges[r][1]);
			show("f");
			TRY(pread(fd, zeros, sizeof(zeros), 0), "what is left");
			printf("  %02x %02x %02x %02x\n", zeros[0], zeros[150], zeros[4096], zeros[12287]);
			close(fd);
		}
}

/* Where the extents are on the disk is not shown: elsewhere. */
static void show_extents(int fd, struct fiemap *map, unsigned int flags, unsigned int count, unsigned long long start, const char *what)
{
	if (map) {
		memset(map, 0, sizeof(*map));
		map->fm_start = start;
		map->fm_length = FIEMAP_MAX_OFFSET - start;
		map->fm_flags = flags;
		map->fm_extent_count = count;
	}
	TRY(ioctl(fd, FS_IOC_FIEMAP, map), "extents, %s", what);
	if (!map)
		return;
	printf("  %u extents, flags %x\n", map->fm_mapped_extents, map->fm_flags);
	for (unsigned int i = 0; count < 100 && i < map->fm_mapped_extents && i < count; i++)
		printf("  at %llu, %llu bytes, flags %x\n", map->fm_extents[i].fe_logical, map->fm_extents[i].fe_length,
		       map->fm_extents[i].fe_flags);
}

void extents(void)
{
	char block[8192];
	int fd = open("f", O_RDWR | O_CREAT, 0644), dir = open(".", O_RDONLY);
	struct fiemap *map = calloc(1, sizeof(*map) + 64 * sizeof(struct fiemap_extent)), *mapped;
	char *fresh = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *own;

	memset(block, 'b', sizeof(block));
	TRY(ftruncate(fd, 1 << 20), "truncate");
	for (off_t at = 0; at < 1 << 20; at += 256 * 1024)
		TRY(pwrite(fd, block, sizeof(block), at), "write");
	TRY(fallocate(fd, 0, 128 * 1024, 4096), "allocate");
	TRY(fsync(fd), "fsync");
	show_extents(fd, map, 0, 0, 0, "how many");
	show_extents(fd, map, FIEMAP_FLAG_SYNC, 64, 0, "all");
	show_extents(fd, map, FIEMAP_FLAG_SYNC, 2, 4096, "two");
	show_extents(fd, map, FIEMAP_FLAG_SYNC, 64, 1 << 20, "behind the end");
	show_extents(fd, map, 0x80, 64, 0, "with a flag of nobody");
	show_extents(fd, map, 0, -1u, 0, "too many");
	show_extents(fd, NULL, 0, 0, 0, "into nowhere");
	show_extents(fd, (struct fiemap *)(fresh + (1 << 20) - sizeof(*map)), 0, 8, 0, "without memory for them");
	show_extents(fd, (struct fiemap *)(fresh + 4096 - sizeof(*map)), FIEMAP_FLAG_SYNC, 64, 0, "into memory that was never touched");
	show_extents(dir, map, 0, 0, FIEMAP_MAX_OFFSET, "of a directory, from the end of all");
	own = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	own[300 * 1024] = 'm';
	show_extents(fd, map, FIEMAP_FLAG_SYNC, 64, 0, "what a mapping wrote among them");
	mapped = (struct fiemap *)(own + 4096 - sizeof(*map));
	show_extents(fd, mapped, 0, 3, 0, "into a mapping of the file");
	munmap(own, 1 << 20);
	munmap(fresh, 1 << 20);
	free(map);
	close(fd);
	close(dir);
}

void locking(void)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, ask = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int one, two, status;
	pid_t child;

	make("f", 0644, "content");
	one = open("f", O_RDWR);
	two = open("f", O_RDWR);
	TRY(flock(one, LOCK_EX | LOCK_NB), "flock");
	TRY(flock(two, LOCK_EX | LOCK_NB), "flock again");
	TRY(flock(two, LOCK_SH | LOCK_NB), "flock shared");
	TRY(flock(one, LOCK_UN), "unlock");
	TRY(flock(two, LOCK_SH | LOCK_NB), "flock shared");
	TRY(flock(one, LOCK_SH | LOCK_NB), "flock shared by both");
	TRY(fcntl(one, F_SETLK, &whole), "lock");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		TRY(fcntl(two, F_SETLK, &ask), "lock of another process");
		TRY(fcntl(two, F_GETLK, &ask), "who has it");
		TRY(ask.l_pid == getppid(), "the parent");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	whole.l_type = F_UNLCK;
	TRY(fcntl(one, F_SETLK, &whole), "unlock");
	whole.l_type = F_WRLCK;
	whole.l_pid = 0;
	TRY(fcntl(one, F_OFD_SETLK, &whole), "OFD lock");
	TRY(fcntl(two, F_OFD_SETLK, &whole), "OFD lock of the other descriptor");
	close(one);
	TRY(fcntl(two, F_OFD_SETLK, &whole), "after the first was closed");
	close(two);
	one = open("f", O_RDONLY);
	TRY(fcntl(one, F_SETLEASE, F_RDLCK), "read lease");
	TRY(fcntl(one, F_GETLEASE), "get lease");
	TRY(fcntl(one, F_SETLEASE, F_UNLCK), "give it back");
	TRY(fcntl(one, F_SETLEASE, F_WRLCK), "write lease");
	TRY(fcntl(one, F_SETLEASE, F_UNLCK), "give it back");
	close(one);
}

void mapping(void)
{
	char *map, back[8] = {0};
	int fd;

	make("f", 0644, "content");
	TRY(truncate("f", 10000), "truncate");
	fd = open("f", O_RDWR);
	map = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	TRY(map != MAP_FAILED, "map shared");
	if (map != MAP_FAILED) {
		printf("  %.7s\n", map);
		map[0] = 'C';
		TRY(pread(fd, back, 7, 0), "read what was written there");
		printf("  %.7s\n", back);
		TRY(pwrite(fd, "xyz", 3, 4096), "write beside it");
		printf("  %.3s\n", map + 4096);
		TRY(msync(map, 12288, MS_SYNC), "msync");
		TRY(map[10000], "behind the end");
		TRY(munmap(map, 12288), "munmap");
	}
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	TRY(map != MAP_FAILED, "map private");
	if (map != MAP_FAILED) {
		map[1] = 'O';
		TRY(pread(fd, back, 7, 0), "read");
		printf("  %.7s\n", back);
		munmap(map, 4096);
	}
	close(fd);
	show_content("f");
	fd = open("f", O_RDONLY);
	TRY(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED, "map a reader for writing");
	close(fd);
	if (system("cp /bin/busybox busybox 2>/dev/null || cp /bin/true busybox") == 0)
		TRY(system("./busybox true 2>/dev/null || ./busybox"), "run a program");
	fd = TRY_OPEN(open("busybox", O_RDONLY), "open it");
	close(fd);
}

static void write_later(int from, int to)
{
	close(from);
	usleep(100000);
	if (write(to, "late", 4) != 4)
		err(1, "write");
	_exit(0);
}

/* What comes from a pipe that is empty at first. */
static void waiting_for_a_pipe(int out)
{
	loff_t to = 40;
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0)
		err(1, "pipe");
	TRY(splice(ends[0], NULL, out, &to, 11, SPLICE_F_NONBLOCK), "splice of an empty pipe, not waiting");
	child = fork();
	if (child == 0)
		write_later(ends[0], ends[1]);
	TRY(splice(ends[0], NULL, out, &to, 11, 0), "splice that waits for a writer");
	waitpid(child, NULL, 0);
	close(ends[1]);
	TRY(splice(ends[0], NULL, out, &to, 11, 0), "splice without a writer");
	close(ends[0]);
}

/* As much as goes into pipes of two sizes, from the middle of a page on. */
static void filling_a_pipe(void)
{
	const int sizes[] = {65536, 262144};
	loff_t from;
	int in;

	make("large", 0644, "the beginning");
	in = open("large", O_RDWR);
	TRY(pwrite(in, "the end", 7, 200000), "a file with a hole");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int ends[2];

		if (pipe(ends) != 0 || fcntl(ends[1], F_SETPIPE_SZ, sizes[i]) != sizes[i])
			err(1, "pipe");
		from = 3;
		while (splice(in, &from, ends[1], NULL, 1 << 20, SPLICE_F_NONBLOCK) > 0) /* as little at once as a lower likes */
			;
		TRY(splice(in, &from, ends[1], NULL, 1 << 20, SPLICE_F_NONBLOCK), "splice into a pipe that has all it takes, not waiting");
		TRY(from >= 65536, "a pipe takes 16 pages at least"); /* more where the lower's pages are larger */
		close(ends[0]);
		close(ends[1]);
	}
	close(in);
	TRY(unlink("large"), "unlink");
}

void copying(void)
{
	int in, out, pipe_ends[2];
	loff_t from = 2, to = 5;
	off_t at = 1;

	make("in", 0644, "the content of a file");
	in = open("in", O_RDONLY);
	out = open("out", O_RDWR | O_CREAT, 0644);
	TRY(copy_file_range(in, &from, out, &to, 10, 0), "copy_file_range");
	TRY(copy_file_range(in, &from, out, &to, 10, 1), "copy_file_range with a flag");
	TRY(copy_file_range(out, &from, in, &to, 10, 0), "copy_file_range to a reader");
	TRY(sendfile(out, in, &at, 7), "sendfile");
	if (pipe(pipe_ends) != 0)
		err(1, "pipe");
	from = 0;
	to = 20;
	TRY(splice(in, &from, pipe_ends[1], NULL, 11, 0), "splice out of it");
	TRY(splice(pipe_ends[0], NULL, out, &to, 11, 0), "splice into it");
	waiting_for_a_pipe(out);
	filling_a_pipe();
	show_content("out");
	TRY(ioctl(out, FICLONE, in), "reflink");
	TRY(ftruncate(out, 0), "truncate");
	TRY(ioctl(out, FICLONE, out), "reflink onto itself");
	close(in);
	close(out);
	show("out");
}
