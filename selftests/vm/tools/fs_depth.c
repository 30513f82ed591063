// SPDX-License-Identifier: GPL-2.0
/* fs_depth FILE NUMBER [write]: that many direct reads or writes of 4 KiB, submitted at once by io_submit(); ends when all have finished, with their number. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { size = 4096, most = 64 };

int main(int argc, char **argv)
{
	static struct iocb requests[most], *list[most];
	static struct io_event events[most];
	int number = argc >= 3 ? atoi(argv[2]) : 0, fd = number > 0 && number <= most ? open(argv[1], O_RDWR | O_DIRECT) : -1;
	aio_context_t context = 0;
	long done;
	char *data;

	if (fd < 0 || posix_memalign((void **)&data, size, most * size) || syscall(SYS_io_setup, most, &context)) {
		perror("fs_depth");
		return 1;
	}
	memset(data, 0, most * size);
	for (int i = 0; i < number; i++) {
		requests[i] = (struct iocb){.aio_lio_opcode = argc == 4 ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
					    .aio_fildes = fd,
					    .aio_buf = (unsigned long)(data + i * size),
					    .aio_nbytes = size,
					    .aio_offset = i * size};
		list[i] = &requests[i];
	}
	if (syscall(SYS_io_submit, context, (long)number, list) != number) {
		perror("fs_depth: io_submit");
		return 1;
	}
	done = syscall(SYS_io_getevents, context, (long)number, (long)number, events, NULL);
	for (int i = 0; i < done; i++)
		if (events[i].res != size)
			fprintf(stderr, "fs_depth: only %lld bytes\n", (long long)events[i].res);
	printf("%ld\n", done);
	return 0;
}
