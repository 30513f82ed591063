// SPDX-License-Identifier: GPL-2.0
/* Several reads, writes and syncs of one file at once, each of a slot of its own, by aio or io_uring. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fs_exercise.h"

int draw_pieces(struct worker *worker, struct iovec *pieces, unsigned char *memory, size_t length, bool direct)
{
	size_t unit = direct ? SECTOR : 1;
	int count = 0, most = 1 + below(worker, PIECES);

	while (length && count < most) {
		size_t step = count == most - 1 ? length : unit * (1 + below(worker, length / unit));

		pieces[count++] = (struct iovec){memory, step};
		memory += step;
		length -= step;
	}
	return count;
}

/* A range in the slot, and a buffer in the one behind it. */
static void draw_request(struct worker *worker, struct handle *handle, struct request *request, struct range slot, bool direct)
{
	struct range range = {slot.at + (off_t)below(worker, slot.length), 0}, spare = slot;

	memset(request, 0, sizeof(*request));
	request->kind = one_in(worker, 8) ? REQUEST_SYNC : one_in(worker, 2) ? REQUEST_READ : REQUEST_WRITE;
	if (request->kind == REQUEST_SYNC)
		return;
	if (direct)
		range.at &= -SECTOR;
	range.length = 1 + below(worker, slot.length - (range.at - slot.at));
	if (direct)
		range.length = (range.length + SECTOR - 1) & -SECTOR;
	spare.at += spare.length;
	request->range = range;
	request->buffer = draw_buffer(worker, handle, range, &spare,
				      request->kind == REQUEST_WRITE ? BUFFER_WRITE
				      : direct                       ? BUFFER_READ_DIRECT
								     : BUFFER_READ);
	request->piece_count = draw_pieces(worker, request->pieces, request->buffer.memory, range.length, direct);
}

/* Return: how many; 0 if there is no room. */
static int draw_requests(struct worker *worker, struct handle *handle, struct request *requests, bool direct)
{
	off_t low = (worker->low + PAGE - 1) & -PAGE;
	int count = 1 + below(worker, REQUESTS);
	struct range slot = {low, (worker->high - low) / (2 * count) & -PAGE};

	if (worker->high <= low || !slot.length)
		return 0;
	for (int i = 0; i < count; i++, slot.at += 2 * slot.length)
		draw_request(worker, handle, requests + i, slot, direct);
	return count;
}

static bool writes_behind(const struct request *requests, int count, off_t end)
{
	for (int i = 0; i < count; i++)
		if (requests[i].kind == REQUEST_WRITE && requests[i].range.at + (off_t)requests[i].range.length > end)
			return true;
	return false;
}

/* Slots are whole pages: at most one request has that of the end. */
static void spare_end(const struct file *file, struct request *requests, int count)
{
	struct range page = {file->size & -PAGE, PAGE};

	for (int i = 0; i < count; i++)
		if (requests[i].kind == REQUEST_WRITE && overlap(requests[i].range, page) && !writes_behind(requests + i, 1, file->size) &&
		    writes_behind(requests, count, file->size))
			requests[i] = (struct request){.kind = REQUEST_SYNC};
}

static void describe(struct worker *worker, const struct handle *handle, const struct request *requests, int count, const char *how)
{
	char text[sizeof(worker->history[0])] = "";
	int used = 0;

	for (int i = 0; i < count && used < (int)sizeof(text); i++) {
		const struct request *request = requests + i;

		used += snprintf(text + used, sizeof(text) - used, " %c%zu@%lld", "rwf"[request->kind], request -> range.length,
				 (long long)request->range.at);
		if (request->buffer.file && used < (int)sizeof(text))
			used += snprintf(text + used, sizeof(text) - used, "=%.1s@%lld", request->buffer.file->name,
					 (long long)request->buffer.at);
	}
	note(worker, "%s %s, end %lld:%s", how, handle->file->name, (long long)handle->file->size, text);
}

/* What was read behind the old end depends on what was written first. */
static void judge(struct worker *worker, struct handle *handle, const struct request *request, off_t old_end)
{
	struct file before = *handle->file;
	ssize_t least, most = inside(handle->file, request->range).length;

	if (request->kind != REQUEST_READ) {
		expect_result(worker, request->result, request->kind == REQUEST_WRITE ? (ssize_t)request->range.length : 0);
		return;
	}
	before.size = old_end;
	least = inside(&before, request->range).length;
	if (request->result < least || request->result > most)
		fail(worker, "reading %zu at %lld returned %zd instead of %zd to %zd", request->range.length, (long long)request->range.at,
		     request->result, least, most);
	buffer_was_read(worker, &request->buffer, handle, (struct range){request->range.at, request->result}, request->range.length);
}

static void run(struct worker *worker, struct handle *handle, void (*engine)(struct worker *, int, struct request *, int), const char *how)
{
	int fd = handle->fd;
	bool direct = one_in(worker, 2);
	off_t old_end = handle->file->size;
	struct request requests[REQUESTS];
	int count;

	if (direct)
		fd = open_again(handle, O_RDWR | O_DIRECT);
	if (fd < 0 && errno == EINVAL) {
		direct = false;
		fd = handle->fd;
	}
	count = draw_requests(worker, handle, requests, direct);
	if (direct && options.spare_end)
		spare_end(handle->file, requests, count);
	describe(worker, handle, requests, count, direct ? how : how + strlen("direct "));
	if (count)
		engine(worker, fd, requests, count);
	for (int i = 0; i < count; i++)
		if (requests[i].kind == REQUEST_WRITE)
			model_write(handle->file, requests[i].range.at, buffer_bytes(&requests[i].buffer), requests[i].range.length);
	for (int i = 0; i < count; i++)
		judge(worker, handle, requests + i, old_end);
	touch(worker, handle, (struct range){worker->low, worker->high - worker->low});
	if (direct)
		close(fd);
}

void batch_aio(struct worker *worker, struct handle *handle)
{
	run(worker, handle, aio_run, "direct aio");
}

void batch_uring(struct worker *worker, struct handle *handle)
{
	run(worker, handle, uring_run, "direct uring");
}
