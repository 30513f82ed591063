// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing a cut file, piece by piece as its bytes lie in the lower.
 *
 * The caller keeps away whoever takes bytes away or moves them: by `mode` in piecewise mode, by the lock of a page or of the inode and the
 * invalidate lock in cached mode.  So a piece that was looked up may be read or written without the map's lock.  But a writer who finds too
 * many extents has them copied together beside readers, and never beside other writers: so who has read looks whether bytes have moved.
 */
#include <linux/fs.h>
#include <linux/uio.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_cut.h"

#define PARTS 8 /* looked up at once */

/* One piece of the iterator.  Return: how many bytes, or an error. */
static ssize_t pass_part(struct file *lower, u64 at, u64 length, struct iov_iter *iter, bool writes)
{
	size_t rest = iov_iter_count(iter), before;
	struct kiocb request;
	ssize_t step;

	init_sync_kiocb(&request, lower);
	request.ki_pos = at;
	iov_iter_truncate(iter, length);
	before = iov_iter_count(iter);
	step = writes ? okb_fs_write_begun(lower, &request, iter) : vfs_iocb_iter_read(lower, &request, iter);
	iov_iter_reexpand(iter, rest - (before - iov_iter_count(iter)));
	return step;
}

static ssize_t read_part(struct okb_fs_cut *cut, const struct oriel_cut_part *part, struct iov_iter *iter)
{
	ssize_t step;

	if (part->kind != oriel_cut_data)
		return iov_iter_zero(min_t(u64, part->length, iov_iter_count(iter)), iter) ?: -EFAULT;
	step = pass_part(cut->lower.reader, part->physical, part->length, iter, false);
	return step ?: -EUCLEAN; /* the lower file is shorter than its map says */
}

static bool has_moved(struct okb_fs_cut *cut, u64 moved)
{
	bool has;

	down_read(&cut->lock);
	has = oriel_cut_moved(cut->map) != moved;
	up_read(&cut->lock);
	return has;
}

/* As far as the first that fails or is short, or has nothing. */
static ssize_t read_parts(struct okb_fs_cut *cut, const struct oriel_cut_part *parts, u32 count, struct iov_iter *iter, bool *whole)
{
	ssize_t done = 0, step = 0;
	u32 i;

	*whole = count > 0;
	for (i = 0; i < count && *whole; i++) {
		step = read_part(cut, &parts[i], iter);
		done += max_t(ssize_t, step, 0);
		*whole = step == (ssize_t)parts[i].length;
	}
	return done ?: step;
}

ssize_t okb_fs_read_pieces(struct okb_fs_cut *cut, loff_t at, struct iov_iter *iter)
{
	struct oriel_cut_part parts[PARTS];
	ssize_t done = 0, step;
	bool whole = true;

	while (whole && iov_iter_count(iter)) {
		size_t before = iov_iter_count(iter);
		u64 moved;
		u32 count;

		down_read(&cut->lock);
		count = oriel_cut_look(cut->map, at + done, before, parts, PARTS);
		moved = oriel_cut_moved(cut->map);
		up_read(&cut->lock);
		step = read_parts(cut, parts, count, iter, &whole);
		if (has_moved(cut, moved)) {
			iov_iter_revert(iter, before - iov_iter_count(iter));
			whole = true;
		} else if (step < 0) {
			return done ?: step;
		} else {
			done += step;
		}
	}
	return done;
}

static int prepare(struct okb_fs_cut *cut, loff_t at, size_t length, struct oriel_cut_part *parts)
{
	unsigned int nofs = okb_fs_lock_map(cut);
	int count = oriel_cut_prepare(cut->map, at, length, parts, PARTS);

	okb_fs_unlock_map(cut, nofs);
	return count;
}

/* What has been written of the part becomes data, and what has not is given back. */
static int settle(struct okb_fs_cut *cut, struct oriel_cut_part part, size_t written)
{
	struct oriel_cut_part rest = part;
	int status = 0;

	part.length = written;
	if (written)
		status = oriel_cut_written(cut->map, &part);
	if (status)
		oriel_cut_abandon(cut->map, &part);
	rest.offset += written;
	rest.length -= written;
	rest.physical += written;
	if (rest.length)
		oriel_cut_abandon(cut->map, &rest);
	return status;
}

/*
 * As far as the first that fails; what lies behind it keeps its bytes.  So each part is settled before the next is written, which may have its
 * bytes in place already.
 */
static ssize_t write_parts(struct okb_fs_cut *cut, struct file *writer, const struct oriel_cut_part *parts, int count,
			   struct iov_iter *iter)
{
	ssize_t done = 0, failure = 0;
	bool whole = true;
	int i;

	for (i = 0; i < count; i++) {
		ssize_t step = whole ? pass_part(writer, parts[i].physical, parts[i].length, iter, true) : 0;
		size_t written = max_t(ssize_t, step, 0);
		unsigned int nofs = okb_fs_lock_map(cut);
		int status = settle(cut, parts[i], written);

		okb_fs_unlock_map(cut, nofs);
		if (!status)
			done += written;
		if (whole)
			failure = status ?: min_t(ssize_t, step, 0);
		whole = whole && !status && written == parts[i].length;
	}
	return done ?: failure;
}

/* Some of it, from `at` on, and the iterator is behind that. */
static ssize_t write_some(struct okb_fs_cut *cut, struct file *writer, loff_t at, struct iov_iter *iter)
{
	struct iov_iter before = *iter;
	struct oriel_cut_part parts[PARTS];
	ssize_t done;
	int count;

	down_read(&cut->writers);
	count = prepare(cut, at, iov_iter_count(iter), parts);
	if (count == -EBUSY) { /* extents are to be copied together, while nobody else writes */
		up_read(&cut->writers);
		down_write(&cut->writers);
		count = prepare(cut, at, iov_iter_count(iter), parts);
		downgrade_write(&cut->writers);
	}
	done = count > 0 ? write_parts(cut, writer, parts, count, iter) : count;
	up_read(&cut->writers);
	*iter = before;
	if (done > 0)
		iov_iter_advance(iter, done);
	return done;
}

static ssize_t write_pieces(struct okb_fs_cut *cut, loff_t at, struct iov_iter *iter)
{
	struct file *writer = okb_fs_lower_writer(&cut->lower);
	bool committed = false;
	ssize_t done = 0, step;

	if (IS_ERR(writer))
		return PTR_ERR(writer);
	okb_fs_begin_own_change(cut->lower.inode);
	while (iov_iter_count(iter)) {
		step = write_some(cut, writer, at + done, iter);
		if (!committed && okb_fs_makes_room(cut, step)) {
			committed = true;
			continue;
		}
		if (step <= 0) {
			done = done ?: step;
			break;
		}
		done += step;
	}
	okb_fs_end_own_change(cut->lower.inode);
	return done == -E2BIG ? -EFBIG : done;
}

struct writing {
	struct okb_fs_cut *cut;
	loff_t at;
	struct iov_iter *iter;
	ssize_t done;
};

static int write_in_thread(void *argument)
{
	struct writing *writing = argument;

	writing->done = write_pieces(writing->cut, writing->at, writing->iter);
	return 0;
}

/* A limit of the caller's is for where bytes are in the file; the lower would take it for where they lie. */
ssize_t okb_fs_write_pieces(struct okb_fs_cut *cut, loff_t at, struct iov_iter *iter)
{
	struct writing writing = {.cut = cut, .at = at, .iter = iter};

	if (!okb_fs_is_limited() || user_backed_iter(iter))
		return write_pieces(cut, at, iter);
	okb_fs_run_in_thread(okb_fs_thread_begun, write_in_thread, &writing);
	return writing.done;
}
