// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing.
 *
 * The lower may hold a lock of its inode while it copies from or to the caller's memory, and that memory may be a mapping of a file of ours
 * over the same lower: a page fault there would wait for that lock for ever.  So no fault happens below: faults are switched off around
 * the call, and where it came back short, what lacks is faulted in and the call repeated.  Where even that makes no progress (somebody takes
 * the memory away all the time), the rest goes through a buffer of the kernel.
 */
#include <linux/bvec.h>
#include <linux/fs_stack.h>
#include <linux/fsnotify.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/splice.h"

#define FAULTED_AT_ONCE (1 << 20) /* bytes */
#define BOUNCED_AT_ONCE (1 << 16)
#define TRIES 3

#ifndef IOCB_DONTCACHE
#define IOCB_DONTCACHE 0
#endif

int okb_fs_start_write(const struct kiocb *request, const struct file *lower)
{
	struct super_block *sb = file_inode(lower)->i_sb;

	if (!(request->ki_flags & IOCB_NOWAIT))
		sb_start_write(sb);
	else if (!sb_start_write_trylock(sb))
		return -EAGAIN;
	return 0;
}

ssize_t okb_fs_write_begun(struct file *lower, struct kiocb *request, struct iov_iter *iter)
{
	ssize_t done;

	if (!lower->f_op->write_iter || !(lower->f_mode & FMODE_CAN_WRITE))
		return -EINVAL;
	done = rw_verify_area(WRITE, lower, &request->ki_pos, iov_iter_count(iter));
	if (done < 0)
		return done;
	done = lower->f_op->write_iter(request, iter);
	if (done > 0)
		fsnotify_modify(lower);
	return done;
}

/* Moves the position of `below`. */
static ssize_t pass_pieces(struct kiocb *request, struct kiocb *below, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (!writes) {
		done = okb_fs_read_pieces(okb_fs_cut(inode), request->ki_pos, iter);
	} else {
		done = generic_write_checks(request, iter);
		if (done > 0)
			done = okb_fs_write_pieces(okb_fs_cut(inode), request->ki_pos, iter);
		below->ki_pos = request->ki_pos; /* it may append */
	}
	if (done > 0)
		below->ki_pos += done;
	if (writes && done > 0)
		okb_fs_note_written(inode, below->ki_pos);
	else if (writes && done < 0)
		mark_inode_dirty(inode); /* extents may have been copied together for it */
	return done;
}

/* Return: why the request cannot be handed down. */
static int check_cut(const struct kiocb *request)
{
	struct inode *inode = file_inode(request->ki_filp);

	if (READ_ONCE(okb_fs_inode(inode)->broken))
		return -EIO;
	if (!okb_fs_cut(inode))
		return 0;
	return request->ki_flags & IOCB_NOWAIT ? -EAGAIN : okb_fs_is_stale(inode);
}

/* What okb_fs_call_lower() is to others. */
static __always_inline ssize_t call_lower(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct super_block *sb = file_inode(request->ki_filp)->i_sb;
	struct file *lower = okb_fs_lower_file(request->ki_filp);
	bool may_fault = user_backed_iter(iter);
	const struct cred *caller;
	struct kiocb below;
	ssize_t done;

	done = check_cut(request);
	if (done)
		return done;
	kiocb_clone(&below, request, lower);
	trace_fs_request(file_inode(request->ki_filp), &below, iov_iter_count(iter), writes);
	caller = okb_fs_enter(sb);
	if (may_fault) {
		iter->nofault = true;
		pagefault_disable();
	}
	if (okb_fs_cut(file_inode(request->ki_filp)))
		done = pass_pieces(request, &below, iter, writes);
	else
		done = writes ? okb_fs_write_begun(lower, &below, iter) : vfs_iocb_iter_read(lower, &below, iter);
	if (may_fault) {
		pagefault_enable();
		iter->nofault = false;
	}
	revert_creds(caller);
	request->ki_pos = below.ki_pos;
	okb_fs_count_request(sb, writes, done);
	trace_fs_done(file_inode(request->ki_filp), request, done, writes);
	return done;
}

ssize_t okb_fs_call_lower(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	return call_lower(request, iter, writes);
}

/* Return: whether any of it is there now. */
static bool fault_in(const struct iov_iter *iter, bool writes)
{
	size_t wanted = min_t(size_t, iov_iter_count(iter), FAULTED_AT_ONCE);

	return (writes ? fault_in_iov_iter_readable(iter, wanted) : fault_in_iov_iter_writeable(iter, wanted)) < wanted;
}

/* In identity mode; -OKB_FS_MODE_CHANGED: it is no longer. */
static ssize_t pass_once(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	struct file *lower = okb_fs_lower_file(request->ki_filp);
	ssize_t done = writes ? okb_fs_start_write(request, lower) : 0;
	int passes;

	if (done)
		return done;
	passes = okb_fs_begin_request(request);
	if (passes > 0) {
		done = call_lower(request, iter, writes);
		okb_fs_end_passage(inode);
	}
	if (writes)
		file_end_write(lower);
	if (!passes)
		okb_fs_drop_pages(inode);
	return passes > 0 ? done : passes ?: -OKB_FS_MODE_CHANGED;
}

/* Through memory of the kernel, part by part. */
static ssize_t bounce(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	void *buffer = kmalloc(BOUNCED_AT_ONCE, GFP_KERNEL);
	ssize_t done = buffer ? 0 : -ENOMEM, step = 1;

	okb_fs_add(inode->i_sb, okb_fs_bounced, 1);
	trace_fs_bounce(inode);
	while (buffer && step > 0 && iov_iter_count(iter)) {
		size_t length = min_t(size_t, iov_iter_count(iter), BOUNCED_AT_ONCE);
		struct bio_vec part = {.bv_page = virt_to_page(buffer), .bv_offset = offset_in_page(buffer)};
		struct iov_iter below;

		if (writes)
			length = copy_from_iter(buffer, length, iter);
		part.bv_len = length;
		iov_iter_bvec(&below, writes ? WRITE : READ, &part, 1, length);
		step = length ? pass_once(request, &below, writes) : -EFAULT;
		if (writes && step < (ssize_t)length)
			iov_iter_revert(iter, length - max_t(ssize_t, step, 0));
		if (!writes && step > 0) {
			size_t copied = copy_to_iter(buffer, step, iter);

			request->ki_pos -= step - copied;
			done += copied;
			if (copied < (size_t)step)
				step = -EFAULT;
		} else if (step > 0) {
			done += step;
		}
		if (step > 0 && (size_t)step < length)
			break;
	}
	kfree(buffer);
	return done ?: step;
}

/* Where the lower did not leave the iterator behind what it did. */
static void go_on_from(struct iov_iter *iter, struct iov_iter before, ssize_t step)
{
	*iter = before;
	if (step > 0)
		iov_iter_advance(iter, step);
}

/* While the call lasts.  -OKB_FS_MODE_CHANGED, or less than all: the caller looks at the mode again. */
static ssize_t pass(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	bool writes_cut = writes && okb_fs_cut(inode);
	bool is_dear = writes_cut || (writes && request->ki_flags & IOCB_DSYNC); /* to be done in vain, or in parts */
	ssize_t done = 0;
	int tries = 0;

	if (oriel_is_pipe(iter)) /* of an overlayfs above; what a pipe gets is copied (splice.c) */
		return bounce(request, iter, writes);
	if (!user_backed_iter(iter))
		return pass_once(request, iter, writes);
	if (writes_cut && okb_fs_is_limited())
		return bounce(request, iter, writes);
	while (iov_iter_count(iter) || !done) {
		struct iov_iter before = *iter;
		ssize_t step;

		if (iov_iter_count(iter) && (tries || is_dear) && !fault_in(iter, writes))
			return done ?: -EFAULT;
		step = pass_once(request, iter, writes);
		if (step <= 0 || iov_iter_count(&before) - iov_iter_count(iter) != (size_t)step)
			go_on_from(iter, before, step);
		if (step > 0) {
			done += step;
			tries = 0;
		} else if (step != -EFAULT) {
			return done ?: step;
		} else if (++tries == TRIES) {
			step = bounce(request, iter, writes);
			return step > 0 ? done + step : done ?: step;
		} else {
			okb_fs_add(inode->i_sb, okb_fs_retried, 1);
		}
	}
	return done;
}

/* The VFS has asked our operations, which say that they do. */
static bool knows_flags(const struct kiocb *request)
{
#ifdef FOP_DONTCACHE
	if (request->ki_flags & IOCB_DONTCACHE)
		return okb_fs_lower_file(request->ki_filp)->f_op->fop_flags & FOP_DONTCACHE;
#endif
	return true;
}

/* Passes the request to the lower if the file is in identity mode.  -OKB_FS_MODE_CHANGED: the caller is a user of the pages now. */
static ssize_t pass_or_begin(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	for (;;) {
		if (!(request->ki_flags & IOCB_DIRECT) || okb_fs_cut(inode))
			done = pass(request, iter, writes);
		else if (okb_fs_needs_buffer(request, iter))
			done = bounce(request, iter, writes);
		else
			done = okb_fs_pass_direct(request, iter, writes);
		if (done != -OKB_FS_MODE_CHANGED)
			return done;
		done = okb_fs_begin_request(request);
		if (done <= 0)
			return done ?: -OKB_FS_MODE_CHANGED;
		okb_fs_end_passage(inode); /* by now it is in identity mode again */
	}
}

/* ---- reading ---- */

ssize_t okb_fs_read_pages(struct kiocb *request, struct iov_iter *to)
{
	struct inode *inode = file_inode(request->ki_filp);

	okb_fs_add(inode->i_sb, okb_fs_cached_reads, 1);
	request->ki_flags &= ~(IOCB_DIRECT | IOCB_DONTCACHE);
	return okb_fs_is_stale(inode) ?: generic_file_read_iter(request, to);
}

ssize_t okb_fs_read_iter(struct kiocb *request, struct iov_iter *to)
{
	struct file *file = request->ki_filp; /* the request may be gone when it is queued */
	ssize_t done;

	if (!knows_flags(request))
		return -EOPNOTSUPP;
	if (!iov_iter_count(to))
		return 0;
	done = pass_or_begin(request, to, false);
	if (done == -OKB_FS_MODE_CHANGED) {
		done = okb_fs_read_pages(request, to);
		okb_fs_drop_pages(file_inode(file));
		return done;
	}
	if (done >= 0 || done == -EIOCBQUEUED)
		file_accessed(file);
	return done;
}

/* ---- writing ---- */

ssize_t okb_fs_write_pages(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (request->ki_flags & IOCB_NOWAIT)
		return -EAGAIN;
	done = okb_fs_is_stale(inode) ?: generic_write_checks(request, from);
	if (done > 0)
		done = okb_fs_want_writer(request->ki_filp) ?: done;
	if (done <= 0)
		return done;
	okb_fs_add(inode->i_sb, okb_fs_cached_writes, 1);
	request->ki_flags &= ~(IOCB_DIRECT | IOCB_DONTCACHE);
	return __generic_file_write_iter(request, from);
}

static int lock(struct inode *inode, const struct kiocb *request)
{
	if (!(request->ki_flags & IOCB_NOWAIT))
		inode_lock(inode);
	else if (!inode_trylock(inode))
		return -EAGAIN;
	return 0;
}

/* Here, for the caller: with the mounter's credentials below, set-user-ID would stay.  The lower knows whether there may be anything. */
static bool has_no_privileges(const struct kiocb *request)
{
	return IS_NOSEC(okb_fs_lower_inode(file_inode(request->ki_filp)));
}

static int remove_privileges(const struct kiocb *request)
{
	if (has_no_privileges(request))
		return 0;
	return request->ki_flags & IOCB_NOWAIT ? -EAGAIN : okb_fs_remove_privileges(request->ki_filp);
}

/* Nothing of ours has to be kept in order: the lower locks what it needs, as for any two direct writes. */
static ssize_t write_direct(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (!(request->ki_flags & IOCB_NOWAIT))
		inode_lock_shared(inode);
	else if (!inode_trylock_shared(inode))
		return -EAGAIN;
	done = okb_fs_pass_direct(request, from, true);
	inode_unlock_shared(inode);
	return done;
}

void okb_fs_clip(const struct kiocb *request, struct iov_iter *from)
{
	loff_t limit = rlimit(RLIMIT_FSIZE),
	       at = request->ki_flags & IOCB_APPEND ? i_size_read(file_inode(request->ki_filp)) : request->ki_pos;

	if (okb_fs_is_limited() && at < limit)
		iov_iter_truncate(from, limit - at);
}

static int make_room(struct inode *inode, const struct kiocb *request)
{
	return request->ki_flags & IOCB_NOWAIT && okb_fs_cut(inode) ? -EAGAIN : okb_fs_make_room(inode);
}

/* Alone, so that a write of several steps is one. */
static ssize_t write_alone(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	bool ours = false, plain;
	ssize_t done = lock(inode, request);

	if (done)
		return done;
	plain = has_no_privileges(request);
	okb_fs_clip(request, from);
	done = remove_privileges(request) ?: make_room(inode, request) ?: pass_or_begin(request, from, true);
	if (done == -OKB_FS_MODE_CHANGED) {
		ours = true;
		done = okb_fs_write_pages(request, from);
		okb_fs_drop_pages(inode);
	} else if (okb_fs_cut(inode)) {
		ours = true;
	} else if (done != -EIOCBQUEUED && plain) {
		okb_fs_copy_written(inode);
	} else if (done != -EIOCBQUEUED) {
		okb_fs_copy_attributes(inode);
	}
	inode_unlock(inode);
	return ours && done > 0 ? generic_write_sync(request, done) : done;
}

ssize_t okb_fs_write_iter(struct kiocb *request, struct iov_iter *from)
{
	ssize_t done = -OKB_FS_MODE_CHANGED;

	if (!knows_flags(request))
		return -EOPNOTSUPP;
	if (!iov_iter_count(from))
		return 0;
	if (READ_ONCE(okb_fs_inode(file_inode(request->ki_filp))->splicer) == current)
		return okb_fs_write_spliced(request, from);
	if (request->ki_flags & IOCB_DIRECT && has_no_privileges(request) && !okb_fs_needs_buffer(request, from))
		done = write_direct(request, from);
	return done == -OKB_FS_MODE_CHANGED ? write_alone(request, from) : done;
}
