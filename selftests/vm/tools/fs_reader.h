/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of fs_reader, which reads lower files of orielfs. It is written from Documentation/reference/orielfs-format.md alone. */
#ifndef FS_READER_H
#define FS_READER_H

#include <stdint.h>
#include <stdio.h>

/* Exit statuses. */
enum { READ_CUT = 0, READ_DAMAGED = 1, READ_FAILED = 2, READ_PLAIN = 3, READ_UNFINISHED = 4 };

enum kind { HOLE = 0, UNWRITTEN = 1, DATA = 2 };

/* No logical size and no end of a physical range is larger. */
#define MOST ((uint64_t)INT64_MAX)

/* A piece of a space of bytes, in a tree of all pieces in their order: a treap, whose random priorities no file can choose. */
struct piece {
	struct piece *left, *right;
	uint64_t length, physical; /* bytes; physical is 0 for a hole */
	enum kind kind;
	uint32_t priority;
	/* Of the whole subtree: bytes, those of them that are no hole, and pieces. */
	uint64_t total, kept, count;
};

struct piece *new_piece(enum kind kind, uint64_t length, uint64_t physical);
void free_pieces(struct piece *tree);
/* Puts the right ones behind the left ones; two that go on from each other become one. */
struct piece *join(struct piece *left, struct piece *right);
void split(struct piece *tree, uint64_t at, struct piece **left, struct piece **right);
/* Splits twice: the bytes before offset, length of them, and those behind. */
void carve(struct piece *tree, uint64_t offset, uint64_t length, struct piece **head, struct piece **body, struct piece **tail);
void each_piece(const struct piece *tree, void (*see)(const struct piece *piece, void *context), void *context);

static inline uint64_t total(const struct piece *tree)
{
	return tree ? tree->total : 0;
}

static inline uint64_t count(const struct piece *tree)
{
	return tree ? tree->count : 0;
}

static inline uint64_t kept(const struct piece *tree)
{
	return tree ? tree->kept : 0;
}

/* The lower file. Reads past its end, or that fail, end the program. */
struct lower {
	const char *name;
	int fd;
	uint64_t size;
};

void read_lower(const struct lower *lower, uint64_t offset, void *buffer, uint64_t length);
_Noreturn void damaged(const struct lower *lower, const char *what);
_Noreturn void failed(const char *what);

/* What the lower file stands for, as pieces in logical order; returns one of READ_CUT, READ_PLAIN and READ_UNFINISHED. */
int judge(const struct lower *lower, struct piece **map);

#endif
