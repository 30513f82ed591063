// SPDX-License-Identifier: GPL-2.0
/* Files in memory: what a mapping reads and writes, and mappings as buffers of other calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "fs_exercise.h"

#define POLLUTION 0xee

void need_map(struct worker *worker, struct handle *handle)
{
	if (handle->map)
		return;
	handle->map = mmap(NULL, options.size, PROT_READ | PROT_WRITE, MAP_SHARED, handle->fd, 0);
	if (handle->map == MAP_FAILED) {
		handle->map = NULL;
		fail(worker, "%s cannot be mapped: %s", handle->file->name, strerrorname_np(errno));
	}
}

void drop_map(struct handle *handle)
{
	if (handle->map)
		munmap(handle->map, options.size);
	handle->map = NULL;
}

/* ---- operations ---- */

void map_read(struct worker *worker, struct handle *handle)
{
	struct range range = inside(handle->file, draw_range(worker, handle->file));

	note(worker, "read the mapping of %s, %zu at %lld", handle->file->name, range.length, (long long)range.at);
	need_map(worker, handle);
	compare(worker, handle, handle->map + range.at, range);
	if (one_in(worker, 4))
		drop_map(handle);
}

/* Whatever lies behind the end of the file on its last page is nobody's, and nobody may ever see it. */
static void pollute(struct worker *worker, struct handle *handle)
{
	off_t end = handle->file->size;

	if (!options.bare && worker->may & NEEDS_SIZES && end % PAGE)
		memset(handle->map + end, POLLUTION, PAGE - end % PAGE);
}

void map_write(struct worker *worker, struct handle *handle)
{
	struct range range = inside(handle->file, draw_range(worker, handle->file));
	int flags = one_in(worker, 2) ? MS_SYNC : MS_ASYNC;

	note(worker, "write the mapping of %s, %zu at %lld, its end being %lld", handle->file->name, range.length, (long long)range.at,
	     (long long)handle->file->size);
	need_map(worker, handle);
	fill(worker, worker->memory, range.length);
	memcpy(handle->map + range.at, worker->memory, range.length);
	model_write(handle->file, range.at, worker->memory, range.length);
	if (one_in(worker, 2))
		pollute(worker, handle);
	if (one_in(worker, 4))
		expect_result(worker, msync(handle->map, options.size, flags), 0);
	if (one_in(worker, 4))
		drop_map(handle);
	touch(worker, handle, range);
}

/* What is written there stays there. */
void map_private(struct worker *worker, struct handle *handle)
{
	struct range range = inside(handle->file, draw_range(worker, handle->file));
	unsigned char *map = mmap(NULL, options.size, PROT_READ | PROT_WRITE, MAP_PRIVATE, handle->fd, 0);

	note(worker, "map %s privately, %zu at %lld", handle->file->name, range.length, (long long)range.at);
	if (map == MAP_FAILED)
		fail(worker, "%s cannot be mapped: %s", handle->file->name, strerrorname_np(errno));
	compare(worker, handle, map + range.at, range);
	memset(map + range.at, POLLUTION, range.length);
	munmap(map, options.size);
	touch(worker, handle, range);
}

void map_sync(struct worker *worker, struct handle *handle)
{
	note(worker, "msync %s", handle->file->name);
	need_map(worker, handle);
	expect_result(worker, msync(handle->map, options.size, MS_SYNC), 0);
}

void map_forget(struct worker *worker, struct handle *handle)
{
	struct range range = {worker->low & -PAGE, worker->high - worker->low};

	note(worker, "madvise(DONTNEED) of %s", handle->file->name);
	need_map(worker, handle);
	expect_result(worker, madvise(handle->map + range.at, range.length, MADV_DONTNEED), 0);
}

void map_end(struct worker *worker, struct handle *handle)
{
	note(worker, "munmap %s", handle->file->name);
	drop_map(handle);
}

/* ---- buffers ---- */

/* Where in a file a mapping may be the buffer; of no length if nowhere. */
static struct range draw_place(struct worker *worker, const struct file *file, size_t length, const struct range *spare)
{
	struct range place = {worker->low, length};
	off_t end = worker->high < file->size ? worker->high : file->size, low = worker->low;

	if (spare) {
		low = spare->at;
		end = end < low + (off_t)spare->length ? end : low + (off_t)spare->length;
	}
	low = (low + PAGE - 1) & -PAGE;
	if (low + (off_t)length > end)
		return (struct range){0};
	place.at = low + (off_t)below(worker, end - low - length + 1);
	return place;
}

/* What a direct read leaves in the buffer behind the end of the file is anything. */
static bool may_be_own(const struct handle *handle, struct range range, enum buffer_use use)
{
	return options.own_buffers && (use != BUFFER_READ_DIRECT || (!options.bare && inside(handle->file, range).length == range.length));
}

struct buffer draw_buffer(struct worker *worker, struct handle *handle, struct range range, const struct range *spare, enum buffer_use use)
{
	struct handle *other = worker->handles + below(worker, FILES);
	struct buffer buffer = {.memory = worker->memory + (range.at - (worker->low & -PAGE))};
	struct range place = {0}, pages = {range.at & -PAGE, range.length + 2 * PAGE};

	if (may_be_own(handle, range, use) && !one_in(worker, 4))
		place = draw_place(worker, other->file, range.length, spare);
	if (place.length && range.at % SECTOR == 0 && range.length % SECTOR == 0)
		place.at &= -SECTOR; /* it may be for O_DIRECT */
	if (place.length && (other != handle || spare || !overlap(place, pages))) {
		need_map(worker, other);
		buffer = (struct buffer){.memory = other->map + place.at, .file = other->file, .at = place.at};
	} else if (use == BUFFER_WRITE) {
		fill(worker, buffer.memory, range.length);
	}
	return buffer;
}

const unsigned char *buffer_bytes(const struct buffer *buffer)
{
	return buffer->file ? buffer->file->bytes + buffer->at : buffer->memory;
}

void buffer_was_read(struct worker *worker, const struct buffer *buffer, const struct handle *handle, struct range range, size_t asked)
{
	compare(worker, handle, buffer->memory, range);
	if (buffer->file)
		model_write(buffer->file, buffer->at, buffer->memory, asked);
}
