// SPDX-License-Identifier: GPL-2.0
/*
 * fs_look look FILE: how orielfs reaches its bytes, one word, and whether it is cut.
 * fs_look extents FILE: how many it has.
 * fs_look compact FILE: make them fewer; prints how many there were and are.
 * fs_look differs FILE: what is known to differ of a cut file.
 * fs_look mapped FILE SCRIPT: run by sh while the file is mapped, and all its pages are in memory.
 * fs_look cut FILE [LENGTH]: take out that many bytes from the second on, else that one, and make nothing durable.
 * fs_look cuts FILE STEP: take out 7 bytes a hundred times, from the hundredth on and STEP bytes apart, each durably.
 * fs_look wrong FILE: requests that must be refused, and why they are.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../../../module/include/uapi/linux/oriel_fs.h"

static struct oriel_fs_look look(int fd)
{
	struct oriel_fs_look told = {.abi = ORIEL_FS_ABI_VERSION};

	if (ioctl(fd, ORIEL_FS_IOC_LOOK, &told) != 0)
		err(1, "look");
	return told;
}

static void compact(int fd)
{
	struct oriel_fs_compact step = {.abi = ORIEL_FS_ABI_VERSION};
	unsigned int before = look(fd).extents;
	struct stat st;

	do {
		if (ioctl(fd, ORIEL_FS_IOC_COMPACT, &step) != 0)
			err(1, "compact");
		if (fstat(fd, &st) != 0)
			err(1, "fstat");
	} while (step.offset < (unsigned long long)st.st_size);
	printf("%u %u\n", before, look(fd).extents);
}

static int mapped(const char *path, const char *script)
{
	int fd = open(path, O_RDONLY);
	const volatile char *bytes;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		err(1, "%s", path);
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == (const volatile char *)MAP_FAILED)
		err(1, "%s cannot be mapped", path);
	for (off_t at = 0; at < st.st_size; at += 4096)
		(void)bytes[at];
	return system(script) == 0 ? 0 : 1;
}

static void cut(const char *path, off_t at, off_t length, off_t step, int times, int durably)
{
	int fd = open(path, O_RDWR);

	if (fd < 0)
		err(1, "%s", path);
	for (int i = 0; i < times; i++)
		if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, at + i * step, length) != 0 || (durably && fsync(fd) != 0))
			err(1, "%s", path);
}

static void try(const char *what, int fd, unsigned long request, void *argument)
{
	int status = ioctl(fd, request, argument);

	printf("%s: %s\n", what, status == 0 ? "ok" : strerrorname_np(errno));
}

static void wrong(const char *path)
{
	int reader = open(path, O_RDONLY), writer = open(path, O_RDWR);
	struct oriel_fs_look other = {.abi = 77};
	struct oriel_fs_compact step = {.abi = 78}, ours = {.abi = ORIEL_FS_ABI_VERSION};

	if (reader < 0 || writer < 0)
		err(1, "%s", path);
	try("look of another version", reader, ORIEL_FS_IOC_LOOK, &other);
	printf("told version %u\n", other.abi);
	try("compact of another version", writer, ORIEL_FS_IOC_COMPACT, &step);
	printf("told version %u\n", step.abi);
	try("look into nowhere", reader, ORIEL_FS_IOC_LOOK, NULL);
	try("compact from nowhere", writer, ORIEL_FS_IOC_COMPACT, NULL);
	try("compact of a reader", reader, ORIEL_FS_IOC_COMPACT, &ours);
	try("nobody's", writer, _IOWR(ORIEL_FS_IOC_TYPE, 0x7f, int), &ours);
	ours.offset = ~0ull;
	try("compact behind everything", writer, ORIEL_FS_IOC_COMPACT, &ours);
}

static void say(const char *what, long status)
{
	printf("%s: %s\n", what, status >= 0 ? "ok" : strerrorname_np(errno));
}

static void differs(const char *path)
{
	int reader = open(path, O_RDONLY), direct = open(path, O_RDONLY | O_DIRECT), empty = open("/over", O_RDWR | O_TMPFILE, 0600);
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} asked = {.map = {.fm_length = FIEMAP_MAX_OFFSET, .fm_extent_count = 1}};
	const struct fiemap_extent *first = asked.map.fm_extents;
	char bytes[3];
	struct iovec part = {bytes, sizeof(bytes)};

	if (reader < 0 || direct < 0 || empty < 0)
		err(1, "%s", path);
	say("a direct read that is not aligned", pread(direct, bytes, sizeof(bytes), 1));
	say("a read that may not wait", preadv2(reader, &part, 1, 0, RWF_NOWAIT));
	say("a reflink of it", ioctl(empty, FICLONE, reader));
	say("a copy of it", copy_file_range(reader, NULL, empty, NULL, sizeof(bytes), 0));
	say("its extents", ioctl(reader, FS_IOC_FIEMAP, &asked.map));
	say("setting the note of a first cut", setxattr(path, "trusted.oriel.note", "x", 1, 0));
	say("reading it", getxattr(path, "trusted.oriel.note", NULL, 0));
	printf("the first: at %llu, physical %llu, flags %#x\n", first->fe_logical, first->fe_physical, first->fe_flags);
}

int main(int argc, char **argv)
{
	static const char *const modes[] = {"identity", "piecewise", "cached"};
	int fd;

	if (argc == 4 && strcmp(argv[1], "mapped") == 0)
		return mapped(argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "cuts") == 0) {
		cut(argv[2], 100, 7, atol(argv[3]), 100, 1);
		return 0;
	}
	if (argc != 3 && !(argc == 4 && strcmp(argv[1], "cut") == 0))
		errx(2, "usage: fs_look look|extents|compact|differs|wrong FILE | cut FILE [LENGTH] | cuts FILE STEP | mapped FILE SCRIPT");
	if (strcmp(argv[1], "wrong") == 0) {
		wrong(argv[2]);
		return 0;
	}
	if (strcmp(argv[1], "differs") == 0) {
		differs(argv[2]);
		return 0;
	}
	if (strcmp(argv[1], "cut") == 0) {
		cut(argv[2], 1, argc > 3 ? atol(argv[3]) : 1, 0, 1, 0);
		return 0;
	}
	fd = open(argv[2], strcmp(argv[1], "compact") == 0 ? O_RDWR : O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[2]);
	if (strcmp(argv[1], "compact") == 0) {
		compact(fd);
	} else if (strcmp(argv[1], "extents") == 0) {
		printf("%u\n", look(fd).extents);
	} else {
		struct oriel_fs_look told = look(fd);

		printf("%s%s\n", told.mode < 3 ? modes[told.mode] : "?", told.cut ? ", cut" : "");
	}
	return 0;
}
