// SPDX-License-Identifier: GPL-2.0
/* The model of a file, what is drawn at random, and comparing. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs_exercise.h"

/* ---- random ---- */

static uint64_t draw(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return worker->random * 0x2545f4914f6cdd1dull >> 11;
}

uint64_t below(struct worker *worker, uint64_t limit)
{
	return limit ? draw(worker) % limit : 0;
}

bool one_in(struct worker *worker, unsigned int count)
{
	return below(worker, count) == 0;
}

/* With other threads, the upper bits tell whose a byte is. */
void fill(struct worker *worker, unsigned char *bytes, size_t length)
{
	unsigned char mask = options.threads ? 0x1f : 0xff, tag = options.threads ? (worker->number + 1) << 5 : 0;
	uint64_t random = 0;

	for (size_t i = 0; i < length; i++, random >>= 8) {
		if (i % 6 == 0)
			random = draw(worker);
		bytes[i] = (random & mask) | tag;
	}
}

static size_t draw_length(struct worker *worker)
{
	switch (below(worker, 4)) {
	case 0:
		return 1 + below(worker, 64);
	case 1:
		return 1 + below(worker, PAGE);
	case 2:
		return 1 + below(worker, 4 * PAGE);
	default:
		return 1 + below(worker, (worker->high - worker->low) / 4);
	}
}

static off_t draw_offset(struct worker *worker, const struct file *file)
{
	off_t at = worker->low + below(worker, worker->high - worker->low);

	switch (below(worker, 8)) {
	case 0:
		at &= -PAGE;
		break;
	case 1:
		at = (at & -PAGE) - 1 - below(worker, 8);
		break;
	case 2:
		at = file->size - below(worker, PAGE);
		break;
	case 3:
		at = file->size + below(worker, PAGE);
	}
	return at < worker->low || at >= worker->high ? worker->low : at;
}

struct range draw_range(struct worker *worker, const struct file *file)
{
	struct range range = {.at = draw_offset(worker, file), .length = draw_length(worker)};

	if (range.at + (off_t)range.length > worker->high)
		range.length = worker->high - range.at;
	return range;
}

struct range inside(const struct file *file, struct range range)
{
	if (range.at >= file->size)
		range.length = 0;
	else if (range.at + (off_t)range.length > file->size)
		range.length = file->size - range.at;
	return range;
}

bool overlap(struct range one, struct range other)
{
	return one.at < other.at + (off_t)other.length && other.at < one.at + (off_t)one.length;
}

/* ---- the model ---- */

void model_write(struct file *file, off_t at, const unsigned char *bytes, size_t length)
{
	memmove(file->bytes + at, bytes, length);
	if (length && at + (off_t)length > file->size)
		file->size = at + (off_t)length;
}

void model_zero(struct file *file, struct range range)
{
	range = inside(file, range);
	memset(file->bytes + range.at, 0, range.length);
}

void model_resize(struct file *file, off_t size)
{
	if (size < file->size)
		memset(file->bytes + size, 0, file->size - size);
	file->size = size;
}

void model_collapse(struct file *file, struct range range)
{
	off_t end = range.at + (off_t)range.length;

	memmove(file->bytes + range.at, file->bytes + end, file->size - end);
	model_resize(file, file->size - (off_t)range.length);
}

void model_insert(struct file *file, struct range range)
{
	memmove(file->bytes + range.at + range.length, file->bytes + range.at, file->size - range.at);
	memset(file->bytes + range.at, 0, range.length);
	file->size += (off_t)range.length;
}

/* ---- comparing ---- */

void compare(struct worker *worker, const struct handle *handle, const unsigned char *seen, struct range range)
{
	const unsigned char *wanted = handle->file->bytes + range.at;
	size_t i = 0;

	if (!range.length || memcmp(seen, wanted, range.length) == 0)
		return;
	while (i < range.length - 1 && seen[i] == wanted[i])
		i++;
	fail(worker, "byte %lld of %s is %02x instead of %02x", (long long)range.at + (long long)i, handle->file->name, seen[i], wanted[i]);
}

void compare_range(struct worker *worker, struct handle *handle, struct range range)
{
	size_t done = 0;

	range = inside(handle->file, range);
	if (handle->map && one_in(worker, 2)) {
		compare(worker, handle, handle->map + range.at, range);
		return;
	}
	while (done < range.length) {
		ssize_t step = pread(handle->fd, worker->scratch, range.length - done, range.at + (off_t)done);

		if (step <= 0)
			fail(worker, "reading %s at %lld to compare it returns %zd (%s)", handle->file->name,
			     (long long)range.at + (long long)done, step, step ? strerrorname_np(errno) : "its end");
		compare(worker, handle, worker->scratch, (struct range){range.at + (off_t)done, step});
		done += step;
	}
}

void compare_all(struct worker *worker)
{
	struct stat st;

	for (struct handle *handle = worker->handles; handle < worker->handles + FILES; handle++) {
		if (fstat(handle->fd, &st) != 0)
			fail(worker, "fstat of %s: %s", handle->file->name, strerrorname_np(errno));
		if (worker->may & NEEDS_SIZES && st.st_size != handle->file->size)
			fail(worker, "the size of %s is %lld instead of %lld", handle->file->name, (long long)st.st_size,
			     (long long)handle->file->size);
		compare_range(worker, handle, (struct range){worker->low, worker->high - worker->low});
	}
}
