// SPDX-License-Identifier: GPL-2.0
/*
 * fs_reader [--map] LOWER [FILE]: print what programs see of the lower file of a file of orielfs, or write it to FILE, with holes. --map
 * prints its extents instead: logical offset, length, kind, and the physical offset of what is no hole. Ends with 0 when LOWER is a cut file,
 * 1 when it is damaged or of a form that is not known here, 2 on other failures, 3 for a plain file, which is copied, 4 for one whose
 * first cut was not finished: it is given as it was.
 */
#include "fs_reader.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void damaged(const struct lower *lower, const char *what)
{
	fprintf(stderr, "fs_reader: %s: %s\n", lower->name, what);
	exit(READ_DAMAGED);
}

void failed(const char *what)
{
	fprintf(stderr, "fs_reader: %s: %s\n", what, strerror(errno));
	exit(READ_FAILED);
}

void read_lower(const struct lower *lower, uint64_t offset, void *buffer, uint64_t length)
{
	for (char *to = buffer; length > 0;) {
		ssize_t got = pread(lower->fd, to, length, offset);

		if (got == 0)
			errno = ESTALE; /* it has become shorter */
		if (got <= 0)
			failed(lower->name);
		to += got;
		offset += got;
		length -= got;
	}
}

struct output {
	const struct lower *lower;
	int fd;
	bool sparse;
};

static void write_all(const char *from, uint64_t length, int fd)
{
	while (length > 0) {
		ssize_t put = write(fd, from, length);

		if (put < 0)
			failed("write");
		from += put;
		length -= put;
	}
}

static void write_piece(const struct piece *piece, void *context)
{
	static char buffer[1 << 18];
	struct output *output = context;

	if (piece->kind != DATA && output->sparse) {
		if (lseek(output->fd, piece->length, SEEK_CUR) < 0)
			failed("lseek");
		return;
	}
	memset(buffer, 0, sizeof(buffer));
	for (uint64_t done = 0, part; done < piece->length; done += part) {
		part = piece->length - done < sizeof(buffer) ? piece->length - done : sizeof(buffer);
		if (piece->kind == DATA)
			read_lower(output->lower, piece->physical + done, buffer, part);
		write_all(buffer, part, output->fd);
	}
}

static void write_file(struct output *output, const struct piece *map, const char *name)
{
	output->sparse = name;
	output->fd = name ? open(name, O_WRONLY | O_CREAT | O_EXCL, 0600) : STDOUT_FILENO;
	if (output->fd < 0)
		failed(name);
	if (name && ftruncate(output->fd, total(map)))
		failed(name);
	each_piece(map, write_piece, output);
	if (name && close(output->fd))
		failed(name);
}

static void print_piece(const struct piece *piece, void *context)
{
	static const char *const names[] = {[HOLE] = "hole", [UNWRITTEN] = "unwritten", [DATA] = "data"};
	uint64_t *offset = context;

	printf("%llu %llu %s", (unsigned long long)*offset, (unsigned long long)piece->length, names[piece->kind]);
	if (piece->kind != HOLE)
		printf(" %llu", (unsigned long long)piece->physical);
	putchar('\n');
	*offset += piece->length;
}

int main(int argc, char **argv)
{
	bool only_map = argc > 1 && !strcmp(argv[1], "--map");
	char **names = argv + 1 + only_map;
	int count = argc - 1 - only_map, status;
	struct lower lower;
	struct output output = {.lower = &lower};
	struct piece *map = NULL;
	uint64_t offset = 0;
	struct stat facts;

	if (count < 1 || count > 2 - only_map || names[0][0] == '-') {
		fprintf(stderr, "usage: fs_reader --map LOWER, or fs_reader LOWER [FILE]\n");
		return READ_FAILED;
	}
	lower = (struct lower){.name = names[0], .fd = open(names[0], O_RDONLY | O_NONBLOCK)};
	if (lower.fd < 0 || fstat(lower.fd, &facts))
		failed(lower.name);
	if (!S_ISREG(facts.st_mode)) {
		fprintf(stderr, "fs_reader: %s: not a regular file\n", lower.name);
		return READ_FAILED;
	}
	lower.size = facts.st_size;

	status = judge(&lower, &map);
	if (only_map)
		each_piece(map, print_piece, &offset);
	else
		write_file(&output, map, count == 2 ? names[1] : NULL);
	free_pieces(map);
	if (fflush(stdout))
		failed("write");
	return status;
}
