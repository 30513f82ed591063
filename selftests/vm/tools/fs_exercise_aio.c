// SPDX-License-Identifier: GPL-2.0
/* Requests by io_submit(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fs_exercise.h"

static void prepare(struct iocb *call, int fd, struct request *request)
{
	static const unsigned int opcodes[] = {IOCB_CMD_PREADV, IOCB_CMD_PWRITEV, IOCB_CMD_FSYNC};

	*call = (struct iocb){.aio_data = (uintptr_t)request, .aio_lio_opcode = opcodes[request->kind], .aio_fildes = fd};
	if (request->kind != REQUEST_SYNC) {
		call->aio_buf = (uintptr_t)request->pieces;
		call->aio_nbytes = request->piece_count;
		call->aio_offset = request->range.at;
	}
}

void aio_run(struct worker *worker, int fd, struct request *requests, int count)
{
	struct iocb calls[REQUESTS], *list[REQUESTS];
	struct io_event events[REQUESTS];
	aio_context_t context = worker->aio;
	long done = 0;

	if (!context && syscall(SYS_io_setup, REQUESTS, &context) != 0)
		fail(worker, "io_setup: %s", strerrorname_np(errno));
	worker->aio = context;
	for (int i = 0; i < count; i++) {
		prepare(calls + i, fd, requests + i);
		list[i] = calls + i;
	}
	for (long step; done < count; done += step) {
		step = syscall(SYS_io_submit, context, count - done, list + done);
		if (step <= 0)
			fail(worker, "io_submit: %s", strerrorname_np(errno));
	}
	for (long step; count > 0; count -= step) {
		do
			step = syscall(SYS_io_getevents, context, 1, count, events, NULL);
		while (step < 0 && errno == EINTR); /* what an io_uring of the same thread has to tell it interrupts, and is no signal */
		if (step <= 0)
			fail(worker, "io_getevents: %s", strerrorname_np(errno));
		for (long i = 0; i < step; i++)
			((struct request *)(uintptr_t)events[i].data)->result = events[i].res;
	}
}
