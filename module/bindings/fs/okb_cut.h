/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cut file: between the VFS, which knows inodes and locks, and module/fs/cut_file.h, which knows where the bytes lie.  The core calls
 * okb_lower_* for the lower file, the bindings call oriel_cut_* for the map.  What a cut file looks like in the lower:
 * Documentation/reference/orielfs-format.md.
 *
 * Numbers are bytes.  Functions that return an int return 0, or a negative errno, and then have done nothing, unless it is said.
 *
 * Locking: none inside.  The caller has for each cut file a read-write semaphore (`map` in what follows) and a mutex (`sync`, outside of
 * it), and each function says how they are held.  Context: process, may sleep; with `map` held, and so in nearly all of them, under
 * memalloc_nofs_save(), as writing back takes `map`, too.
 */
#ifndef ORIEL_OKB_CUT_H
#define ORIEL_OKB_CUT_H

#include "bindings/okb_base.h"

/* The lower file, opened for reading and writing; the bindings' own. */
struct okb_lower;
/* The map of a cut file, and what of it is not durable yet; the core's own. */
struct oriel_cut;

/* Of one file. */
#define ORIEL_CUT_MOST_EXTENTS 131072

enum oriel_cut_kind { oriel_cut_hole, oriel_cut_unwritten, oriel_cut_data };

/* A run of bytes of the file that lie behind each other in the lower. */
struct oriel_cut_part {
	u64 offset; /* in the file */
	u64 length;
	u64 physical; /* offset in the lower; of a hole from oriel_cut_look() 0 */
	u32 kind;     /* enum oriel_cut_kind: what the bytes are in the file; holes and unwritten ones read as zeros */
	u32 reserved;
};

/* What a sync made durable, or did not. */
struct okb_commit {
	u64 changes;
	u32 written;    /* records of the log, or extents of the checkpoint */
	u32 checkpoint; /* 1: it wrote the whole map */
	int status;     /* 0, or a negative errno: the changes are pending still */
};

OKB_BEGIN

/* ---- kernel: the lower file ---- */

u64 okb_lower_size(struct okb_lower *lower);
/* In full, or an error: -EUCLEAN for what is behind the end. */
int okb_lower_read(struct okb_lower *lower, u64 at, void *buffer, u32 length);
/* In full, or an error; then any part of the bytes may have been written.  Never behind okb_lower_size(). */
int okb_lower_write(struct okb_lower *lower, u64 at, const void *buffer, u32 length);
/* Makes everything written so far, by whomever, and the size durable.  Having failed once, it need not fail again for the same bytes. */
int okb_lower_flush(struct okb_lower *lower);
/* Bytes that are new read as zeros.  After a power failure the size is the old one or the new one. */
int okb_lower_resize(struct okb_lower *lower, u64 size);
/* Sets blocks aside for a range before the end; what it reads as is unchanged.  0 where the lower cannot; -ENOSPC if there are none. */
int okb_lower_reserve(struct okb_lower *lower, u64 at, u64 length);
/* Gives back the blocks of a range, which starts and ends at multiples of 4096 and which nobody reads any more, where the lower can. */
void okb_lower_punch(struct okb_lower *lower, u64 at, u64 length);
/*
 * A note about the first cut, outside of the file and durable when this returns: the file is about to grow from `old_size` to `new_size`
 * and is not cut yet.  For between the two nothing in the file could tell.  `okb_lower_read_note()`: -ENODATA if there is none.
 * One is looked for where a plain file has the size that a first cut leaves behind: size_mark more than whole blocks.
 * Where notes cannot be kept: 0 and -ENODATA; a power failure in the middle of a first cut may then leave zeros behind the old end.
 */
int okb_lower_note(struct okb_lower *lower, u64 old_size, u64 new_size);
int okb_lower_read_note(struct okb_lower *lower, u64 *old_size, u64 *new_size);
void okb_lower_forget_note(struct okb_lower *lower);
/* For who counts and traces.  The second one: so many extents with holes between them, `length` bytes at `offset` of the file, became one. */
void okb_lower_tell_commit(struct okb_lower *lower, const struct okb_commit *commit);
void okb_lower_tell_copied(struct okb_lower *lower, u64 offset, u64 length, u32 extents);
/* For the identity of a file. */
void okb_fs_random(void *buffer, u32 length);

/* ---- core: opening ----
 *
 * Locking: nobody else uses the file.  All but oriel_cut_is_size() do I/O. */

/* Whether a lower file of that size may be a cut one; one of any other size is none, and need not be read.  Any context. */
int oriel_cut_is_size(u64 lower_size);

/*
 * 0 with *cut NULL: a plain file; one whose size does not tell otherwise costs no I/O.  A first cut that was interrupted is put back.
 * -EUCLEAN: damaged or forged.  -EOPNOTSUPP: of a version or with a feature that is not known.  -ENOMEM, or an error of the lower.
 * Reads only, but for a first cut that is put back.
 */
int oriel_cut_open(struct okb_lower *lower, struct oriel_cut **cut);
/*
 * Makes a plain file a cut one with the same bytes, durably, which flushes the lower.  After an error the file is what it was, but for
 * -EUCLEAN: it could not even be put back, and can be used no more until oriel_cut_open() has done that.
 */
int oriel_cut_first(struct okb_lower *lower, struct oriel_cut **cut);
/*
 * Frees memory; what is not durable then is lost, as by a power failure: so oriel_cut_sync() comes first.  NULL is allowed.  Does no I/O.
 * Where that fails, the lower's page cache need not be what is on its disk, and a later power failure may show the difference.
 */
void oriel_cut_close(struct oriel_cut *cut);

/* ---- core: looking ----
 *
 * Locking: `map` held, shared is enough.  None does I/O or allocates. */

u64 oriel_cut_size(const struct oriel_cut *cut);
/* Bytes of the file that have bytes in the lower: what st_blocks tells. */
u64 oriel_cut_allocated(const struct oriel_cut *cut);
/* Extents; memory. */
u32 oriel_cut_count(const struct oriel_cut *cut);
u64 oriel_cut_memory(const struct oriel_cut *cut);
/* Grows when bytes have moved within the lower and those where they were may be used for others soon: see oriel_cut_look(). */
u64 oriel_cut_moved(const struct oriel_cut *cut);
/* Changes that are not durable. */
u64 oriel_cut_pending(const struct oriel_cut *cut);
/* Whether somebody should call oriel_cut_sync() soon, as much that was freed waits for it: a matter of room, never of safety. */
int oriel_cut_wants_sync(const struct oriel_cut *cut);
/*
 * What lies in the range, in order, at most `most` parts; how many there are.  Behind the end there is nothing.  A part is good while `map`
 * is held; bytes of kind data may be read and overwritten in the lower as long.  What is read after that is right if oriel_cut_moved() is
 * what it was, and the caller keeps away whatever else takes bytes away.
 */
u32 oriel_cut_look(const struct oriel_cut *cut, u64 offset, u64 length, struct oriel_cut_part *parts, u32 most);

/* ---- core: writing ----
 *
 * Locking: `map` held exclusively; not while the caller writes to the lower in between.  From oriel_cut_prepare() until each of its parts
 * is written or abandoned the caller keeps away whatever else changes the map at these bytes or moves them.
 *
 * -ENOSPC, of all that follow, and -EDQUOT or -EFBIG of a lower that has limits: if oriel_cut_wants_sync(), or oriel_cut_pending() is not 0,
 * then call oriel_cut_sync() and try again, once; only then is there no room.
 * -EBUSY: there are so many extents that they have to be made fewer first; try again when no part is unfinished. */

/*
 * Where to write: parts of the range from its start on, without gaps; how many, or a negative errno.  They need not reach the end of the
 * range: then go on behind them.  A part of kind data or unwritten has its bytes in the lower; for one of kind hole, behind the end of the
 * file, too, bytes of the lower were claimed, whatever they hold.  May let the lower grow, and while no other part is unfinished make the extents fewer
 * by copying; else no I/O.
 */
int oriel_cut_prepare(struct oriel_cut *cut, u64 offset, u64 length, struct oriel_cut_part *parts, u32 most);
/*
 * For each part, in any order: its bytes have been written to the lower and become data of the file, which grows if they go on behind
 * its end.  A part that starts behind the end gets a hole before it.  Having failed, the part is still to be abandoned.  No I/O.
 * `part` may be a prefix of the one that oriel_cut_prepare() gave; then the rest is another part to be written or abandoned.
 */
int oriel_cut_written(struct oriel_cut *cut, const struct oriel_cut_part *part);
/* Or: they have not; what was claimed for it is given back. */
void oriel_cut_abandon(struct oriel_cut *cut, const struct oriel_cut_part *part);

/* ---- core: operations ----
 *
 * Locking: `map` held exclusively, and nobody writes to bytes that they take away or move.  Any offset and length.
 * I/O: only what is said; but now and then the lower grows for a larger map, and where the file has as many extents as it may have, they
 * are made fewer by copying, as oriel_cut_compact() does it.  -E2BIG: that was of no use.  -EFBIG: the size would be more than 2^63 - 1.
 * -EINVAL: the range is empty, or as said. */

/* Takes the bytes out.  -EINVAL: the range reaches the end of the file. */
int oriel_cut_collapse(struct oriel_cut *cut, u64 offset, u64 length);
/* Puts a hole in front of the byte at `offset`.  -EINVAL: there is no such byte. */
int oriel_cut_insert(struct oriel_cut *cut, u64 offset, u64 length);
/* Makes a hole of what lies before the end of the file; behind it there is nothing to do. */
int oriel_cut_punch(struct oriel_cut *cut, u64 offset, u64 length);
/* The bytes read as zeros and have bytes in the lower; the file grows if `may_grow`, else what is behind its end is left out.
 * May let the lower grow and sets blocks aside there. */
int oriel_cut_zero(struct oriel_cut *cut, u64 offset, u64 length, int may_grow);
/* The same for holes only; what has bytes keeps them.  After an error some of the holes may have bytes: they read the same. */
int oriel_cut_allocate(struct oriel_cut *cut, u64 offset, u64 length, int may_grow);
/* Cuts off at the end, or puts a hole there. */
int oriel_cut_resize(struct oriel_cut *cut, u64 size);
/*
 * Copies small neighbours together, so that there are fewer extents: a bounded step, of about 1 MiB of reading and writing.  Starts at
 * *offset and moves it on.  1: there is more to do; 0: the end of the file is reached.  Nobody writes to the file meanwhile.
 */
int oriel_cut_compact(struct oriel_cut *cut, u64 *offset);

/* ---- core: making durable ----
 *
 * Every change is in memory only, and in its turn: after a power failure the file is what it was after the first so many of them,
 * and not less than those before the last oriel_cut_begin_sync() whose oriel_cut_commit() returned 0.  What is written over bytes where
 * they lie is no such change: it may be there or not, in any of these files that has the bytes, as in any file system.
 *
 * Locking: `sync` held over all three; `map` as said, so that nobody who wants it waits for the disk.  Each oriel_cut_begin_sync() that
 * returned 0 is followed by the other two.  After an error everything is as pending as it was, and the next attempt may go well. */

/* With `map` held exclusively.  No I/O, but time and memory by the number of extents where a checkpoint is due.  Having failed, it is not
 * followed by the others. */
int oriel_cut_begin_sync(struct oriel_cut *cut);
/* Without `map`.  Flushes the lower, so that data is durable, writes what was pending, flushes again if it was anything, and gives back the
 * blocks of what was freed. */
int oriel_cut_commit(struct oriel_cut *cut);
/* With `map` held exclusively; `status` is what oriel_cut_commit() returned.  No I/O. */
void oriel_cut_end_sync(struct oriel_cut *cut, int status);
/* All three, for whoever is alone with the file. */
int oriel_cut_sync(struct oriel_cut *cut);

OKB_END

#endif
