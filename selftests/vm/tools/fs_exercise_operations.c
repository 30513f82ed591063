// SPDX-License-Identifier: GPL-2.0
/* The operations on a file: each tries one call, checks what it returned, and does the same to the model. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs_exercise.h"

/* Ranges for O_DIRECT: of whole sectors, and of whole pages where somebody else's bytes may share one. */
static struct range align(struct worker *worker, struct range range)
{
	off_t unit = worker->may & NEEDS_SOLE ? SECTOR : PAGE, end = (range.at + (off_t)range.length) & -unit;

	range.at = (range.at + unit - 1) & -unit;
	range.length = end > range.at ? end - range.at : 0;
	return range;
}

/* ---- reading and writing ---- */

static void read_into(struct worker *worker, struct handle *handle, int fd, struct range range, bool direct, const char *how)
{
	struct range seen = inside(handle->file, range);
	struct buffer buffer = draw_buffer(worker, handle, range, NULL, direct ? BUFFER_READ_DIRECT : BUFFER_READ);
	struct iovec pieces[PIECES];
	int count = draw_pieces(worker, pieces, buffer.memory, range.length, direct);
	ssize_t got;

	note(worker, "%s %s, %zu at %lld in %d, into %s at %lld", how, handle->file->name, range.length, (long long)range.at, count,
	     buffer.file ? buffer.file->name : "memory", (long long)buffer.at);
	if (!direct && one_in(worker, 3))
		got = lseek(fd, range.at, SEEK_SET) < 0 ? -1 : readv(fd, pieces, count);
	else
		got = preadv(fd, pieces, count, range.at);
	expect_result(worker, got, seen.length);
	buffer_was_read(worker, &buffer, handle, seen, direct ? range.length : seen.length);
}

static void write_from(struct worker *worker, struct handle *handle, int fd, struct range range, bool direct, const char *how)
{
	static const int flags[] = {0, 0, 0, RWF_DSYNC, RWF_SYNC};
	struct buffer buffer = draw_buffer(worker, handle, range, NULL, BUFFER_WRITE);
	struct iovec pieces[PIECES];
	int count = draw_pieces(worker, pieces, buffer.memory, range.length, direct);
	ssize_t got;

	note(worker, "%s %s, %zu at %lld in %d, from %s at %lld, its end being %lld", how, handle->file->name, range.length,
	     (long long)range.at, count, buffer.file ? buffer.file->name : "memory", (long long)buffer.at, (long long)handle->file->size);
	if (!direct && one_in(worker, 3))
		got = lseek(fd, range.at, SEEK_SET) < 0 ? -1 : writev(fd, pieces, count);
	else
		got = pwritev2(fd, pieces, count, range.at, flags[below(worker, 5)]);
	expect_result(worker, got, range.length);
	model_write(handle->file, range.at, buffer_bytes(&buffer), range.length);
	touch(worker, handle, range);
}

static void do_read(struct worker *worker, struct handle *handle)
{
	read_into(worker, handle, handle->fd, draw_range(worker, handle->file), false, "read");
}

static void do_write(struct worker *worker, struct handle *handle)
{
	write_from(worker, handle, handle->fd, draw_range(worker, handle->file), false, "write");
}

static void direct(struct worker *worker, struct handle *handle, bool writes)
{
	struct range range = align(worker, draw_range(worker, handle->file));
	int fd;

	note(worker, "open %s with O_DIRECT", handle->file->name);
	if (!range.length)
		return;
	fd = open_again(handle, O_RDWR | O_DIRECT);
	if (fd < 0 && errno == EINVAL) {
		absent("O_DIRECT");
		return;
	}
	if (fd < 0)
		fail(worker, "%s", strerrorname_np(errno));
	if (writes)
		write_from(worker, handle, fd, range, true, "directly write");
	else
		read_into(worker, handle, fd, range, true, "directly read");
	close(fd);
}

static void direct_read(struct worker *worker, struct handle *handle)
{
	direct(worker, handle, false);
}

static void direct_write(struct worker *worker, struct handle *handle)
{
	direct(worker, handle, true);
}

static void append(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);
	struct iovec piece;
	bool by_flag = one_in(worker, 2);
	ssize_t got;
	int fd;

	range.at = handle->file->size;
	if (range.at + (off_t)range.length > options.size)
		range.length = options.size - range.at;
	if (!range.length)
		return;
	note(worker, "append %zu at %lld to %s by %s", range.length, (long long)range.at, handle->file->name,
	     by_flag ? "RWF_APPEND" : "O_APPEND");
	fill(worker, worker->memory, range.length);
	piece = (struct iovec){worker->memory, range.length};
	if (by_flag) {
		got = pwritev2(handle->fd, &piece, 1, 0, RWF_APPEND);
	} else {
		fd = open_again(handle, O_WRONLY | O_APPEND);
		got = fd < 0 ? -1 : write(fd, piece.iov_base, piece.iov_len);
		if (fd >= 0)
			close(fd);
	}
	expect_result(worker, got, range.length);
	model_write(handle->file, range.at, worker->memory, range.length);
	touch(worker, handle, range);
}

static void copy(struct worker *worker, struct handle *to)
{
	struct handle *from = worker->handles + below(worker, FILES);
	struct range source = draw_range(worker, from->file), target = draw_range(worker, to->file);
	struct range copied;
	off_t in, out;
	ssize_t got;

	if (one_in(worker, 2)) { /* it may be reflinked */
		source.at &= -PAGE;
		target.at &= -PAGE;
	}
	if (source.at < worker->low || target.at < worker->low)
		return;
	if (source.length > target.length)
		source.length = target.length;
	target.length = source.length;
	if (from == to && overlap(source, target))
		return;
	note(worker, "copy_file_range of %zu from %s at %lld to %s at %lld", source.length, from->file->name, (long long)source.at,
	     to->file->name, (long long)target.at);
	copied = inside(from->file, source);
	for (size_t done = 0; done < copied.length; done += got) {
		in = source.at + (off_t)done;
		out = target.at + (off_t)done;
		got = copy_file_range(from->fd, &in, to->fd, &out, source.length - done, 0);
		if (got <= 0 || got > (ssize_t)(copied.length - done))
			fail(worker, "%zd (%s) after %zu of %zu", got, got < 0 ? strerrorname_np(errno) : "ok", done, copied.length);
	}
	model_write(to->file, target.at, from->file->bytes + source.at, copied.length);
	target.length = copied.length;
	touch(worker, to, target);
}

/* ---- the size, and what is allocated ---- */

static void do_truncate(struct worker *worker, struct handle *handle)
{
	off_t old = handle->file->size, size = draw_range(worker, handle->file).at;

	note(worker, "truncate %s from %lld to %lld", handle->file->name, (long long)old, (long long)size);
	expect_result(worker, ftruncate(handle->fd, size), 0);
	model_resize(handle->file, size);
	touch(worker, handle, (struct range){size < old ? size : old, options.size});
}

/* Return: false where the file system does not have it. */
static bool do_fallocate(struct worker *worker, struct handle *handle, int mode, const char *what, struct range range)
{
	int status;

	note(worker, "%s of %s, %zu at %lld, its end being %lld", what, handle->file->name, range.length, (long long)range.at,
	     (long long)handle->file->size);
	status = fallocate(handle->fd, mode, range.at, range.length);
	if (status != 0 && errno == EOPNOTSUPP) {
		absent(what);
		return false;
	}
	expect_result(worker, status, 0);
	touch(worker, handle, range);
	return true;
}

static void punch(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (do_fallocate(worker, handle, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "PUNCH_HOLE", range))
		model_zero(handle->file, range);
}

static void zero_within(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (do_fallocate(worker, handle, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, "ZERO_RANGE KEEP_SIZE", range))
		model_zero(handle->file, range);
}

static void zero(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (options.spare_zeroed_end && overlap(range, (struct range){handle->file->size, 1}) && (range.at | range.length) % SECTOR == 0)
		return;
	if (!do_fallocate(worker, handle, FALLOC_FL_ZERO_RANGE, "ZERO_RANGE", range))
		return;
	model_zero(handle->file, range);
	if (range.at + (off_t)range.length > handle->file->size)
		model_resize(handle->file, range.at + (off_t)range.length);
}

static void reserve(struct worker *worker, struct handle *handle)
{
	do_fallocate(worker, handle, FALLOC_FL_KEEP_SIZE, "KEEP_SIZE", draw_range(worker, handle->file));
}

static void allocate(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (do_fallocate(worker, handle, 0, "fallocate", range) && range.at + (off_t)range.length > handle->file->size)
		model_resize(handle->file, range.at + (off_t)range.length);
}

static void collapse(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (range.at + (off_t)range.length >= handle->file->size)
		return;
	if (do_fallocate(worker, handle, FALLOC_FL_COLLAPSE_RANGE, "COLLAPSE_RANGE", range))
		model_collapse(handle->file, range);
	range.length = options.size;
	touch(worker, handle, range);
}

static void insert(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	if (range.at >= handle->file->size || handle->file->size + (off_t)range.length > options.size)
		return;
	if (do_fallocate(worker, handle, FALLOC_FL_INSERT_RANGE, "INSERT_RANGE", range))
		model_insert(handle->file, range);
	range.length = options.size;
	touch(worker, handle, range);
}

/* Whatever is called a hole must read as zeros. */
static void seek_hole(struct worker *worker, struct handle *handle)
{
	struct range range = inside(handle->file, draw_range(worker, handle->file));
	off_t hole, data;

	note(worker, "seek a hole of %s behind %lld", handle->file->name, (long long)range.at);
	if (!range.length)
		return;
	hole = lseek(handle->fd, range.at, SEEK_HOLE);
	if (hole < range.at)
		fail(worker, "the hole is at %lld (%s)", (long long)hole, hole < 0 ? strerrorname_np(errno) : "ok");
	data = lseek(handle->fd, hole, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		data = handle->file->size;
	if (data < hole)
		fail(worker, "behind the hole at %lld is data at %lld (%s)", (long long)hole, (long long)data,
		     data < 0 ? strerrorname_np(errno) : "ok");
	for (off_t at = hole; at < data && at < worker->high; at++)
		if (handle->file->bytes[at])
			fail(worker, "byte %lld of %s, which is %02x, is in a hole from %lld to %lld", (long long)at, handle->file->name,
			     handle->file->bytes[at], (long long)hole, (long long)data);
}

/* ---- names, descriptors and caches ---- */

static void sync_file(struct worker *worker, struct handle *handle)
{
	note(worker, "fsync %s", handle->file->name);
	expect_result(worker, one_in(worker, 2) ? fsync(handle->fd) : fdatasync(handle->fd), 0);
}

static void reopen(struct worker *worker, struct handle *handle)
{
	bool shorter = handle->file->orphan || (worker->may & NEEDS_SOLE && one_in(worker, 16));

	note(worker, "close and open %s%s%s", handle->file->name, shorter ? ", O_TRUNC" : "", handle->map ? ", mapped" : "");
	if (one_in(worker, 2))
		drop_map(handle);
	if (handle->file->orphan) {
		compare_all(worker);
		drop_map(handle);
	}
	expect_result(worker, close(handle->fd), 0);
	handle->fd = open(handle->file->name, O_RDWR | O_CREAT | (shorter ? O_TRUNC : 0), 0600);
	if (handle->fd < 0)
		fail(worker, "%s", strerrorname_np(errno));
	if (shorter)
		model_resize(handle->file, 0);
	handle->file->orphan = false;
}

static void lose_name(struct worker *worker, struct handle *handle)
{
	note(worker, "unlink %s", handle->file->name);
	if (!handle->file->orphan)
		expect_result(worker, unlink(handle->file->name), 0);
	handle->file->orphan = true;
}

static void drop_caches(struct worker *worker, struct handle *handle)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	note(worker, "drop caches, of %s too", handle->file->name);
	if (fd < 0 || write(fd, "3", 1) != 1)
		absent("drop_caches");
	if (fd >= 0)
		close(fd);
}

static void advise(struct worker *worker, struct handle *handle)
{
	struct range range = draw_range(worker, handle->file);

	note(worker, "fadvise(DONTNEED) of %s, %zu at %lld", handle->file->name, range.length, (long long)range.at);
	expect_result(worker, posix_fadvise(handle->fd, range.at, range.length, POSIX_FADV_DONTNEED), 0);
}

const struct operation operations[] = {
	{"read", 10, 0, do_read},
	{"write", 20, 0, do_write},
	{"append", 6, NEEDS_SIZES, append},
	{"direct read", 6, 0, direct_read},
	{"direct write", 8, 0, direct_write},
	{"copy", 8, 0, copy},
	{"truncate", 8, NEEDS_SIZES, do_truncate},
	{"punch", 5, 0, punch},
	{"zero within", 4, 0, zero_within},
	{"zero", 4, NEEDS_SIZES, zero},
	{"reserve", 2, 0, reserve},
	{"allocate", 4, NEEDS_SIZES, allocate},
	{"collapse", 12, NEEDS_SIZES | NEEDS_CUTS, collapse},
	{"insert", 12, NEEDS_SIZES | NEEDS_CUTS, insert},
	{"seek hole", 4, NEEDS_SOLE | NEEDS_HOLES, seek_hole},
	{"fsync", 4, 0, sync_file},
	{"reopen", 5, 0, reopen},
	{"unlink", 1, NEEDS_SOLE, lose_name},
	{"drop caches", 1, 0, drop_caches},
	{"advise", 3, 0, advise},
	{"map read", 10, NEEDS_MMAP, map_read},
	{"map write", 16, NEEDS_MMAP, map_write},
	{"map private", 3, NEEDS_MMAP, map_private},
	{"msync", 3, NEEDS_MMAP, map_sync},
	{"map forget", 2, NEEDS_MMAP, map_forget},
	{"unmap", 4, NEEDS_MMAP, map_end},
	{"aio", 30, NEEDS_AIO, batch_aio},
	{"uring", 30, NEEDS_URING, batch_uring},
};

const size_t operation_count = sizeof(operations) / sizeof(*operations);
