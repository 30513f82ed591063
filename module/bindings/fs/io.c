// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing.
 *
 * The lower may hold a lock of its inode while it copies from or to the caller's memory, and that memory may be a mapping of a file of ours
 * over the same lower: a page fault there would wait for that lock for ever.  So no fault happens below: what is to be written is faulted
 * in before, faults are switched off around the call, and where it came back short, what lacks is faulted in and the call repeated.  Where
 * even that makes no progress (somebody takes the memory away all the time), the rest goes through a buffer of the kernel.
 */
#include <linux/fs_stack.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "bindings/fs/okb_fs.h"

#define FAULTED_AT_ONCE (1 << 20) /* bytes */
#define BOUNCED_AT_ONCE (1 << 16)
#define TRIES 3

/* The flags of preadv2(2) and pwritev2(2) that a caller gave, or its descriptor has. */
static rwf_t flags_of(const struct kiocb *request)
{
	int flags = request->ki_flags;

	return (flags & IOCB_NOWAIT ? RWF_NOWAIT : 0) | (flags & IOCB_HIPRI ? RWF_HIPRI : 0) | (flags & IOCB_DSYNC ? RWF_DSYNC : 0) |
	       (flags & IOCB_SYNC ? RWF_SYNC : 0) | (flags & IOCB_APPEND ? RWF_APPEND : 0);
}

/* fcntl(F_SETFL) reached ours only. */
static void take_flags(const struct file *file, struct file *lower)
{
	const unsigned int mask = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;

	if (!((file->f_flags ^ lower->f_flags) & mask))
		return;
	spin_lock(&lower->f_lock);
	lower->f_flags = (lower->f_flags & ~mask) | (file->f_flags & mask);
	spin_unlock(&lower->f_lock);
}

/* Context: no fault may happen.  Memory of the kernel does not fault. */
static ssize_t call_lower(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct file *lower = okb_fs_lower_file(request->ki_filp);
	const struct cred *caller = okb_fs_enter(file_inode(request->ki_filp)->i_sb);
	bool may_fault = user_backed_iter(iter);
	ssize_t done;

	if (writes)
		file_start_write(lower);
	if (may_fault) {
		iter->nofault = true;
		pagefault_disable();
	}
	if (writes)
		done = vfs_iter_write(lower, iter, &request->ki_pos, flags_of(request));
	else
		done = vfs_iter_read(lower, iter, &request->ki_pos, flags_of(request));
	if (may_fault) {
		pagefault_enable();
		iter->nofault = false;
	}
	if (writes)
		file_end_write(lower);
	revert_creds(caller);
	return done;
}

/* Return: whether any of it is there now. */
static bool fault_in(const struct iov_iter *iter, bool writes)
{
	size_t wanted = min_t(size_t, iov_iter_count(iter), FAULTED_AT_ONCE);

	return (writes ? fault_in_iov_iter_readable(iter, wanted) : fault_in_iov_iter_writeable(iter, wanted)) < wanted;
}

/* Through memory of the kernel, part by part; -EAGAIN: the file is no longer in identity mode. */
static ssize_t bounce(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	void *buffer = kmalloc(BOUNCED_AT_ONCE, GFP_KERNEL);
	ssize_t done = buffer ? 0 : -ENOMEM, step = 1;

	while (buffer && step > 0 && iov_iter_count(iter)) {
		size_t length = min_t(size_t, iov_iter_count(iter), BOUNCED_AT_ONCE);
		struct kvec part = {.iov_base = buffer, .iov_len = length};
		struct iov_iter below;

		if (writes)
			part.iov_len = length = copy_from_iter(buffer, length, iter);
		iov_iter_kvec(&below, writes ? WRITE : READ, &part, 1, length);
		step = -EFAULT;
		if (length && !okb_fs_begin_passage(inode)) {
			okb_fs_drop_pages(inode);
			step = -EAGAIN;
		} else if (length) {
			step = call_lower(request, &below, writes);
			okb_fs_end_passage(inode);
		}
		if (writes && step < (ssize_t)length)
			iov_iter_revert(iter, length - max_t(ssize_t, step, 0));
		else if (!writes && step > 0 && copy_to_iter(buffer, step, iter) < (size_t)step)
			step = -EFAULT;
		if (step > 0)
			done += step;
	}
	kfree(buffer);
	return done ?: step;
}

/* In identity mode.  -EAGAIN, or less than all: the caller looks at the mode again. */
static ssize_t pass(struct kiocb *request, struct iov_iter *iter, bool writes)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done = 0;
	int tries = 0;

	take_flags(request->ki_filp, okb_fs_lower_file(request->ki_filp));
	while (iov_iter_count(iter) || !done) {
		struct iov_iter before = *iter;
		bool may_fault = user_backed_iter(iter);
		ssize_t step;

		if (may_fault && iov_iter_count(iter) && (writes || tries) && !fault_in(iter, writes))
			return done ?: -EFAULT;
		if (!okb_fs_begin_passage(inode)) {
			okb_fs_drop_pages(inode);
			return done ?: -EAGAIN;
		}
		step = call_lower(request, iter, writes);
		okb_fs_end_passage(inode);
		if (!may_fault)
			return step;
		*iter = before;
		if (step > 0) {
			iov_iter_advance(iter, step);
			done += step;
			tries = 0;
		} else if (step != -EFAULT) {
			return done ?: step;
		} else if (++tries == TRIES) {
			step = bounce(request, iter, writes);
			return step > 0 ? done + step : done ?: step;
		}
	}
	return done;
}

static ssize_t read_pages(struct kiocb *request, struct iov_iter *to)
{
	request->ki_flags &= ~IOCB_DIRECT;
	return generic_file_read_iter(request, to);
}

ssize_t okb_fs_read_iter(struct kiocb *request, struct iov_iter *to)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (!iov_iter_count(to))
		return 0;
	do {
		if (okb_fs_begin_passage(inode)) {
			okb_fs_end_passage(inode);
			done = pass(request, to, false);
		} else {
			done = read_pages(request, to);
			okb_fs_drop_pages(inode);
		}
	} while (done == -EAGAIN && !(request->ki_flags & IOCB_NOWAIT));
	fsstack_copy_attr_atime(inode, file_inode(okb_fs_lower_file(request->ki_filp)));
	return done;
}

/* With the inode locked, as a user of its pages. */
static ssize_t write_pages(struct kiocb *request, struct iov_iter *from)
{
	ssize_t left = generic_write_checks(request, from), status;

	if (left <= 0)
		return left;
	status = okb_fs_want_writer(request->ki_filp);
	if (status)
		return status;
	request->ki_flags &= ~IOCB_DIRECT;
	return __generic_file_write_iter(request, from);
}

static ssize_t write_locked(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	/* Here, for the caller: with the mounter's credentials below, set-user-ID would stay. */
	ssize_t done = file_remove_privs(request->ki_filp);

	if (done)
		return done;
	do {
		if (okb_fs_begin_passage(inode)) {
			okb_fs_end_passage(inode);
			done = pass(request, from, true);
			okb_fs_copy_attributes(inode);
		} else {
			done = write_pages(request, from);
			okb_fs_drop_pages(inode);
		}
	} while (done == -EAGAIN && !(request->ki_flags & IOCB_NOWAIT));
	return done;
}

ssize_t okb_fs_write_iter(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (!iov_iter_count(from))
		return 0;
	inode_lock(inode);
	done = write_locked(request, from);
	inode_unlock(inode);
	return done > 0 ? generic_write_sync(request, done) : done;
}
