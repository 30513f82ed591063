/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of fs_exercise share: see fs_exercise.c.
 *
 * A file has a model in memory.  A worker is a thread that owns a range of each file: it alone changes those bytes, in the file and in the
 * model, so nothing is locked.  One worker may also change the sizes; its range is the last.
 */
#ifndef FS_EXERCISE_H
#define FS_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define FILES 2
#define HISTORY 20
#define PAGE 4096
#define SECTOR 512 /* what O_DIRECT is aligned to */

/* What an operation wants; an exercise has some of them. */
enum needs {
	NEEDS_SIZES = 1 << 0, /* it changes the size */
	NEEDS_SOLE = 1 << 1,  /* no other thread may be there */
	NEEDS_MMAP = 1 << 2,
	NEEDS_AIO = 1 << 3,
	NEEDS_URING = 1 << 4,
	NEEDS_HOLES = 1 << 5,
	NEEDS_CUTS = 1 << 6, /* it moves bytes by any number */
};

struct file {
	const char *name;
	unsigned char *bytes; /* options.size of them; zero behind the end */
	off_t size;
	bool orphan; /* has no name any more */
};

struct handle {
	struct file *file;
	int fd;
	unsigned char *map; /* of options.size bytes, or NULL */
};

struct range {
	off_t at;
	size_t length;
};

struct worker {
	int number;
	unsigned int may; /* enum needs */
	off_t low, high;  /* its bytes of each file */
	uint64_t random;
	struct handle handles[FILES];
	unsigned char *memory;  /* a buffer of twice options.size, aligned to pages */
	unsigned char *scratch; /* for comparing */
	struct handle *touched; /* by the last operation */
	struct range changed;
	unsigned long operation;
	char history[HISTORY][400];
	struct uring *uring;
	unsigned long aio;
};

struct operation {
	const char *name;
	unsigned int weight, needs;
	void (*run)(struct worker *, struct handle *);
};

struct options {
	const char *directory, *lower;
	uint64_t seed;
	unsigned long operations, break_model;
	off_t size;
	int threads;
	bool mmap, bare, own_buffers, aio, uring, no_holes, spare_end, spare_zeroed_end, cuts;
};

extern struct options options;
extern const struct operation operations[];
extern const size_t operation_count;

/* ---- fs_exercise.c ---- */

/* What the operation is, before it is tried: a line of the history. */
void note(struct worker *worker, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports the seed, the operation and those before it, and exits. */
_Noreturn void fail(struct worker *worker, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Fails unless a system call returned what it should. */
void expect_result(struct worker *worker, ssize_t got, ssize_t wanted);
/* This range is what the operation may have changed. */
void touch(struct worker *worker, struct handle *handle, struct range range);
/* The file system does not have this: said once at the end. */
void absent(const char *what);
/* Another descriptor of the same file. */
int open_again(const struct handle *handle, int flags);

/* ---- fs_exercise_model.c ---- */

uint64_t below(struct worker *worker, uint64_t limit);
bool one_in(struct worker *worker, unsigned int count);
void fill(struct worker *worker, unsigned char *bytes, size_t length);
struct range draw_range(struct worker *worker, const struct file *file);
/* The part of it that lies in the file. */
struct range inside(const struct file *file, struct range range);
bool overlap(struct range one, struct range other);

void model_write(struct file *file, off_t at, const unsigned char *bytes, size_t length);
void model_zero(struct file *file, struct range range);
void model_resize(struct file *file, off_t size);
/* Both for a range in the file. */
void model_collapse(struct file *file, struct range range);
void model_insert(struct file *file, struct range range);
void compare(struct worker *worker, const struct handle *handle, const unsigned char *seen, struct range range);
/* Reads the range and compares it. */
void compare_range(struct worker *worker, struct handle *handle, struct range range);
void compare_all(struct worker *worker);

/* ---- fs_exercise_map.c ---- */

/* Memory to write from or read into: of the worker, or a mapping of a file under test. */
struct buffer {
	unsigned char *memory;
	struct file *file; /* NULL: of the worker */
	off_t at;
};

enum buffer_use { BUFFER_WRITE, BUFFER_READ, BUFFER_READ_DIRECT };

/* A buffer for the range of a file, whose mapping it never overlaps; for writing it has the bytes already.  `spare` is where it lies if
   it is a mapping of the same file, or NULL for anywhere. */
struct buffer draw_buffer(struct worker *worker, struct handle *handle, struct range range, const struct range *spare, enum buffer_use use);
/* The bytes that are written from it. */
const unsigned char *buffer_bytes(const struct buffer *buffer);
/* The range was read into it, of `asked` bytes.  Behind the end of the file a direct read may leave the rest of its last sectors there. */
void buffer_was_read(struct worker *worker, const struct buffer *buffer, const struct handle *handle, struct range range, size_t asked);
void need_map(struct worker *worker, struct handle *handle);
void drop_map(struct handle *handle);
void map_read(struct worker *worker, struct handle *handle);
void map_write(struct worker *worker, struct handle *handle);
void map_private(struct worker *worker, struct handle *handle);
void map_sync(struct worker *worker, struct handle *handle);
void map_forget(struct worker *worker, struct handle *handle);
void map_end(struct worker *worker, struct handle *handle);

/* ---- fs_exercise_batch.c ---- */

#define REQUESTS 8
#define PIECES 4

struct request {
	enum { REQUEST_READ, REQUEST_WRITE, REQUEST_SYNC } kind;
	struct range range;
	struct buffer buffer;
	struct iovec pieces[PIECES];
	int piece_count;
	ssize_t result;
};

/* Divides the memory into pieces, of whole sectors if it is direct.  Return: how many. */
int draw_pieces(struct worker *worker, struct iovec *pieces, unsigned char *memory, size_t length, bool direct);
void batch_aio(struct worker *worker, struct handle *handle);
void batch_uring(struct worker *worker, struct handle *handle);

/* Issue all, at once, and wait for all of them. */
void aio_run(struct worker *worker, int fd, struct request *requests, int count);
void uring_run(struct worker *worker, int fd, struct request *requests, int count);

#endif
