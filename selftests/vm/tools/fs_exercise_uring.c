// SPDX-License-Identifier: GPL-2.0
/* Requests by io_uring, without its library: plain, vectored, with fixed buffers, and in the kernel's threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fs_exercise.h"

struct uring {
	int fd;
	unsigned int *to_tail, *to_mask, *to_index;      /* what is submitted */
	unsigned int *from_head, *from_tail, *from_mask; /* what is complete */
	struct io_uring_sqe *calls;
	struct io_uring_cqe *events;
	bool fixed; /* the worker's memory is registered */
};

static void *map_ring(struct worker *worker, int fd, size_t length, off_t which)
{
	void *ring = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, which);

	if (ring == MAP_FAILED)
		fail(worker, "a ring cannot be mapped: %s", strerrorname_np(errno));
	return ring;
}

static void start(struct worker *worker)
{
	struct io_uring_params params = {0};
	struct uring *ring = calloc(1, sizeof(*ring));
	struct iovec memory = {worker->memory, 2 * options.size};
	char *to, *from;

	ring->fd = syscall(SYS_io_uring_setup, REQUESTS, &params);
	if (ring->fd < 0)
		fail(worker, "io_uring_setup: %s", strerrorname_np(errno));
	to = map_ring(worker, ring->fd, params.sq_off.array + params.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	from = map_ring(worker, ring->fd, params.cq_off.cqes + params.cq_entries * sizeof(*ring->events), IORING_OFF_CQ_RING);
	ring->calls = map_ring(worker, ring->fd, params.sq_entries * sizeof(*ring->calls), IORING_OFF_SQES);
	ring->to_tail = (unsigned int *)(to + params.sq_off.tail);
	ring->to_mask = (unsigned int *)(to + params.sq_off.ring_mask);
	ring->to_index = (unsigned int *)(to + params.sq_off.array);
	ring->from_head = (unsigned int *)(from + params.cq_off.head);
	ring->from_tail = (unsigned int *)(from + params.cq_off.tail);
	ring->from_mask = (unsigned int *)(from + params.cq_off.ring_mask);
	ring->events = (struct io_uring_cqe *)(from + params.cq_off.cqes);
	ring->fixed = syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, &memory, 1) == 0;
	if (!ring->fixed)
		absent("fixed buffers");
	worker->uring = ring;
}

static void prepare(struct worker *worker, struct io_uring_sqe *call, int fd, struct request *request)
{
	bool writes = request->kind == REQUEST_WRITE;

	*call = (struct io_uring_sqe){.fd = fd, .user_data = (uintptr_t)request, .flags = one_in(worker, 4) ? IOSQE_ASYNC : 0};
	if (request->kind == REQUEST_SYNC) {
		call->opcode = IORING_OP_FSYNC;
		return;
	}
	call->off = request->range.at;
	if (request->piece_count > 1 || one_in(worker, 4)) {
		call->opcode = writes ? IORING_OP_WRITEV : IORING_OP_READV;
		call->addr = (uintptr_t)request->pieces;
		call->len = request->piece_count;
		return;
	}
	if (worker->uring->fixed && !request->buffer.file && one_in(worker, 2))
		call->opcode = writes ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
	else
		call->opcode = writes ? IORING_OP_WRITE : IORING_OP_READ;
	call->addr = (uintptr_t)request->buffer.memory;
	call->len = request->range.length;
}

/* Return: how many were complete. */
static int reap(struct uring *ring)
{
	unsigned int head = *ring->from_head;
	int done = 0;

	for (; head != __atomic_load_n(ring->from_tail, __ATOMIC_ACQUIRE); head++, done++) {
		const struct io_uring_cqe *event = ring->events + (head & *ring->from_mask);

		((struct request *)(uintptr_t)event->user_data)->result = event->res;
	}
	__atomic_store_n(ring->from_head, head, __ATOMIC_RELEASE);
	return done;
}

void uring_run(struct worker *worker, int fd, struct request *requests, int count)
{
	struct uring *ring;
	unsigned int tail;
	int left = count;

	if (!worker->uring)
		start(worker);
	ring = worker->uring;
	tail = *ring->to_tail;
	for (int i = 0; i < count; i++, tail++) {
		unsigned int slot = tail & *ring->to_mask;

		prepare(worker, ring->calls + slot, fd, requests + i);
		ring->to_index[slot] = slot;
	}
	__atomic_store_n(ring->to_tail, tail, __ATOMIC_RELEASE);
	while (count > 0) {
		long taken = syscall(SYS_io_uring_enter, ring->fd, left, count, IORING_ENTER_GETEVENTS, NULL, 0);

		if (taken < 0 && errno != EINTR)
			fail(worker, "io_uring_enter: %s", strerrorname_np(errno));
		if (taken > 0)
			left -= taken;
		count -= reap(ring);
	}
}
