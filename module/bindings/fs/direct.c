// SPDX-License-Identifier: GPL-2.0
/*
 * Requests with O_DIRECT: as the caller issued them, so many at once as the caller has under way.
 *
 * The lower works on such a request without holding anything of ours, perhaps after the call has returned.  So the caller's memory is pinned
 * before, and the lower is given its pages: nothing faults below.  The lower works on a copy of the caller's kiocb; what it points to stays
 * until both the lower's call has returned and the request is complete.  Until then the inode counts it (inode_dio_begin()), so that nobody
 * makes pages of a file that is being written to (mode.c).
 *
 * Context: completion may come in an interrupt.  What may sleep there, marking pages dirty that were cleaned meanwhile, goes to a work queue.
 */
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/fs_stack.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/pin.h"

#ifndef IOCB_DIO_CALLER_COMP
#define IOCB_DIO_CALLER_COMP 0
#endif

#define PINNED_AT_ONCE 64
#define FEW 4

/* One that waits for the lower lives on the stack of the call, another in the cache. */
struct request {
	struct kiocb below, *above;
	refcount_t holders;    /* the call, and the completion; of one that may be queued */
	bool writes, queued;   /* queued: the lower may finish it later */
	struct bio_vec *parts; /* of the caller's memory that we pinned */
	unsigned int count;
	struct bio_vec few[FEW]; /* those, if there are no more */
	struct work_struct work; /* dirty_in_work() */
};

static struct kmem_cache *cache; /* with a constructor: so the kernel does not clear each request beforehand */
static struct workqueue_struct *dirtying;

/* ---- the caller's memory ---- */

static bool is_dirty(struct page *page)
{
	return PageDirty(compound_head(page));
}

static void unpin(struct request *request, bool dirty)
{
	unsigned int i;

	for (i = 0; i < request->count; i++) {
		if (dirty)
			set_page_dirty_lock(request->parts[i].bv_page);
		oriel_unpin(request->parts[i].bv_page);
	}
	if (request->parts != request->few)
		kvfree(request->parts);
}

/* One run of pages that follow each other in the caller's memory. */
static noinline_for_stack ssize_t pin_run(struct request *request, struct iov_iter *iter, unsigned int room)
{
	struct page *pages[PINNED_AT_ONCE];
	size_t offset, left;
	ssize_t length = oriel_pin(iter, pages, min_t(unsigned int, room, PINNED_AT_ONCE), &offset);
	struct page **page = pages;

	for (left = max_t(ssize_t, length, 0); left; page++) {
		struct bio_vec *part = &request->parts[request->count++];

		part->bv_page = *page;
		part->bv_offset = offset;
		part->bv_len = min_t(size_t, left, PAGE_SIZE - offset);
		left -= part->bv_len;
		offset = 0;
	}
	return length;
}

/* At least as many parts as the memory has. */
static unsigned int parts_of(const struct iov_iter *iter)
{
	bool is_one_run = iter_is_ubuf(iter) || iter->nr_segs == 1;

	return is_one_run && iov_iter_count(iter) <= (FEW - 1) * PAGE_SIZE ? FEW : iov_iter_npages(iter, INT_MAX);
}

/* All of it, or as much as there is.  Return: 0, with `below` over what was pinned.  Context: faults. */
static int pin(struct request *request, const struct iov_iter *from, struct iov_iter *below)
{
	struct iov_iter iter = *from;
	unsigned int room = parts_of(&iter);
	size_t pinned = 0;
	ssize_t step = 0;

	request->parts = room <= FEW ? request->few : kvmalloc_array(room, sizeof(*request->parts), GFP_KERNEL_ACCOUNT);
	if (!request->parts)
		return -ENOMEM;
	while (iov_iter_count(&iter) && request->count < room) {
		step = pin_run(request, &iter, room - request->count);
		if (step <= 0)
			break;
		pinned += step;
	}
	if (!pinned)
		return step ?: -EFAULT;
	iov_iter_bvec(below, request->writes ? WRITE : READ, request->parts, request->count, pinned);
	return 0;
}

/* ---- requests ---- */

static void put(struct request *request)
{
	if (!request->queued || !refcount_dec_and_test(&request->holders))
		return;
	fput(request->below.ki_filp);
	kmem_cache_free(cache, request);
}

static void dirty_in_work(struct work_struct *work)
{
	struct request *request = container_of(work, struct request, work);

	unpin(request, true);
	put(request);
}

static void init_once(void *at)
{
	INIT_WORK(&((struct request *)at)->work, dirty_in_work);
}

int okb_fs_direct_start(void)
{
	cache = kmem_cache_create("orielfs_request", sizeof(struct request), 0, 0, init_once);
	if (!cache)
		return -ENOMEM;
	dirtying = alloc_workqueue("orielfs-dirty", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!dirtying)
		kmem_cache_destroy(cache);
	return dirtying ? 0 : -ENOMEM;
}

void okb_fs_direct_stop(void)
{
	destroy_workqueue(dirtying);
	kmem_cache_destroy(cache);
}

/* Pages were marked dirty before the lower wrote to them; who has cleaned one since may have missed what came. */
static bool is_all_dirty(const struct request *request)
{
	unsigned int i;

	for (i = 0; i < request->count; i++) {
		if (!is_dirty(request->parts[i].bv_page))
			return false;
	}
	return true;
}

static bool lacks_dirt(const struct request *request, ssize_t result)
{
	return !request->writes && result > 0 && !is_all_dirty(request);
}

static void end_write(struct request *request)
{
	struct super_block *lower = file_inode(request->below.ki_filp)->i_sb;

	if (request->queued)
		__sb_writers_acquired(lower, SB_FREEZE_WRITE);
	sb_end_write(lower);
}

/* Gives up what the request holds but for the request and the caller's memory.  Context: any. */
static void finish(struct request *request, ssize_t result)
{
	struct inode *inode = file_inode(request->above->ki_filp);

	if (request->writes) {
		end_write(request);
		okb_fs_copy_written(inode);
	}
	trace_fs_done(inode, &request->below, result, request->writes);
	okb_fs_count_request(inode->i_sb, request->writes, result);
	okb_fs_add(inode->i_sb, okb_fs_direct, 1);
	atomic_dec(&okb_fs_super(inode->i_sb)->in_flight);
	request->above->ki_pos = request->below.ki_pos;
	inode_dio_end(inode);
}

static void completed(struct kiocb *below, long result)
{
	struct request *request = container_of(below, struct request, below);
	struct kiocb *above = request->above;

	finish(request, result);
	if (lacks_dirt(request, result)) {
		queue_work(dirtying, &request->work); /* with our hold */
	} else {
		unpin(request, false);
		put(request);
	}
	above->ki_complete(above, result);
}

static void note_depth(struct okb_fs_super *super)
{
	int now = atomic_inc_return(&super->in_flight), deepest = atomic_read(&super->deepest);

	while (now > deepest && !atomic_try_cmpxchg(&super->deepest, &deepest, now))
		;
}

static int start_write(struct request *request)
{
	int status = okb_fs_start_write(&request->below, request->below.ki_filp);

	if (!status && request->queued)
		__sb_writers_release(file_inode(request->below.ki_filp)->i_sb,
				     SB_FREEZE_WRITE); /* for lockdep: whoever completes it gives it back */
	return status;
}

/* In identity mode, with the passage begun, which ends.  The request is finished, or queued. */
static ssize_t submit(struct request *request, struct iov_iter *below)
{
	struct inode *inode = file_inode(request->above->ki_filp);
	struct file *lower = request->below.ki_filp;
	const struct cred *caller;
	ssize_t result;

	inode_dio_begin(inode);
	note_depth(okb_fs_super(inode->i_sb));
	trace_fs_request(inode, &request->below, iov_iter_count(below), request->writes);
	caller = okb_fs_enter(inode->i_sb);
	result = request->writes ? okb_fs_write_begun(lower, &request->below, below) : vfs_iocb_iter_read(lower, &request->below, below);
	revert_creds(caller);
	if (result == -EIOCBQUEUED)
		okb_fs_add(inode->i_sb, okb_fs_queued, 1);
	else
		finish(request, result);
	okb_fs_end_passage(inode);
	return result;
}

static void start(struct request *request, struct kiocb *above, bool writes)
{
	struct file *lower = okb_fs_lower_file(above->ki_filp);

	request->queued = !is_sync_kiocb(above);
	kiocb_clone(&request->below, above, request->queued ? get_file(lower) : lower);
	request->below.ki_flags &= ~IOCB_DIO_CALLER_COMP; /* we are no caller that would know of it */
	if (request->queued)
		request->below.ki_complete = completed;
	request->above = above;
	request->writes = writes;
	request->parts = NULL;
	request->count = 0;
	refcount_set(&request->holders, 2);
}

static void dirty_before(struct request *request)
{
	unsigned int i;

	for (i = 0; !request->writes && i < request->count; i++) {
		if (!is_dirty(request->parts[i].bv_page))
			set_page_dirty_lock(request->parts[i].bv_page);
	}
}

/* With a write to the lower begun, if it is one; ends it unless the request is queued. */
static ssize_t pass_begun(struct request *request, struct iov_iter *below)
{
	struct inode *inode = file_inode(request->above->ki_filp);
	int passes = okb_fs_begin_request(request->above);
	ssize_t result = passes ?: -OKB_FS_MODE_CHANGED;

	if (passes > 0 && READ_ONCE(okb_fs_inode(inode)->broken))
		result = -EIO;
	else if (passes > 0 && okb_fs_cut(inode))
		result = -OKB_FS_MODE_CHANGED;
	else if (passes > 0)
		return submit(request, below);
	if (request->writes)
		end_write(request);
	if (passes > 0)
		okb_fs_end_passage(inode);
	else if (!passes)
		okb_fs_drop_pages(inode);
	return result;
}

/* With the caller's memory pinned.  Gives it back, with no lock of ours, unless the request is queued. */
static ssize_t pass(struct request *request, struct iov_iter *below)
{
	ssize_t result = request->writes ? start_write(request) : 0;

	if (!result)
		result = pass_begun(request, below);
	if (result != -EIOCBQUEUED)
		unpin(request, lacks_dirt(request, result));
	return result;
}

/* Parts that are no whole sectors are refused below, also where the disk would take the memory as the caller has it. */
bool okb_fs_needs_buffer(const struct kiocb *request, const struct iov_iter *iter)
{
	struct block_device *disk = okb_fs_super(file_inode(request->ki_filp)->i_sb)->lower->mnt_sb->s_bdev;
	unsigned long alignment;

	if (!disk || !user_backed_iter(iter))
		return false;
	alignment = iov_iter_alignment(iter);
	return alignment & (bdev_logical_block_size(disk) - 1) && !(alignment & bdev_dma_alignment(disk));
}

ssize_t okb_fs_pass_direct(struct kiocb *above, struct iov_iter *iter, bool writes)
{
	struct request own, *request = is_sync_kiocb(above) ? &own : kmem_cache_alloc(cache, GFP_KERNEL);
	struct iov_iter below = *iter;
	ssize_t result;

	if (!request)
		return -ENOMEM;
	start(request, above, writes);
	result = user_backed_iter(iter) ? pin(request, iter, &below) : 0;
	if (!result) {
		dirty_before(request);
		result = pass(request, &below);
	} else {
		unpin(request, false);
	}
	if (request->queued && result != -EIOCBQUEUED)
		put(request); /* for the completion, which will not come */
	put(request);
	if (result > 0)
		iov_iter_advance(iter, result);
	return result;
}
