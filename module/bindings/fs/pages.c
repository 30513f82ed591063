// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of our own, in cached mode.
 *
 * Locking: a page's lock, then what the lower takes to read or write; never the other way round, as nobody faults while the lower holds a
 * lock (io.c).  Writing back has the mounter's credentials, as everything below.
 */
#include <linux/backing-dev.h>
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/times.h"

/* Reads or writes `length` bytes of the lower file at the start of the folio.  Return: how many, or an error. */
static ssize_t pass_folio(struct inode *inode, struct file *lower, struct folio *folio, size_t length, bool writes)
{
	struct bio_vec part = {.bv_page = &folio->page, .bv_len = length};
	const struct cred *caller = okb_fs_enter_for(inode->i_sb, READ_ONCE(okb_fs_inode(inode)->unlimited));
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	struct iov_iter iter;
	struct kiocb request;
	ssize_t done = 0, step = READ_ONCE(okb_fs_inode(inode)->broken) ? -EIO : 1;

	init_sync_kiocb(&request, lower);
	request.ki_pos = folio_pos(folio);
	iov_iter_bvec(&iter, writes ? WRITE : READ, &part, 1, length);
	if (writes)
		file_start_write(lower);
	for (; step > 0 && iov_iter_count(&iter); done += max_t(ssize_t, step, 0))
		if (cut)
			step = writes ? okb_fs_write_pieces(cut, folio_pos(folio) + done, &iter)
				      : okb_fs_read_pieces(cut, folio_pos(folio) + done, &iter);
		else
			step = writes ? okb_fs_write_begun(lower, &request, &iter) : vfs_iocb_iter_read(lower, &request, &iter);
	if (writes)
		file_end_write(lower);
	revert_creds(caller);
	return step < 0 ? step : done;
}

static int fill_folio(struct inode *inode, struct folio *folio)
{
	ssize_t done = pass_folio(inode, okb_fs_inode(inode)->reader, folio, folio_size(folio), false);

	if (done < 0)
		return done;
	if ((size_t)done < folio_size(folio))
		folio_zero_segment(folio, done, folio_size(folio));
	flush_dcache_folio(folio);
	folio_mark_uptodate(folio);
	return 0;
}

static int read_folio(struct file *file, struct folio *folio)
{
	struct inode *inode = folio->mapping->host;
	/* In identity mode nobody needs pages: readahead(2) is told so by fadvise() already. */
	int status = okb_fs_inode(inode)->reader ? fill_folio(inode, folio) : -EIO;

	folio_unlock(folio);
	return status;
}

/* What is not read here is read when it is wanted. */
static void read_ahead(struct readahead_control *control)
{
	struct inode *inode = control->mapping->host;
	struct folio *folio;

	while ((folio = readahead_folio(control))) {
		if (okb_fs_inode(inode)->reader)
			fill_folio(inode, folio);
		folio_unlock(folio);
	}
}

/* ---- writing back ---- */

/* With the folio locked; unlocks it.  It is clean now, and only writing back takes the mark of a dirty one from the mapping. */
static int give_up_folio(struct folio *folio, int status)
{
	folio_start_writeback(folio);
	folio_unlock(folio);
	folio_end_writeback(folio);
	return status;
}

/* With the folio locked; unlocks it. */
static int write_folio(struct folio *folio, struct file *writer)
{
	struct inode *inode = folio->mapping->host;
	loff_t size = i_size_read(inode), at = folio_pos(folio);
	size_t length = folio_size(folio);
	ssize_t done;

	if (at >= size)
		return give_up_folio(folio, 0);
	if (okb_fs_is_stale(inode)) { /* it would destroy what somebody else wrote; who wrote this is told by fsync() */
		mapping_set_error(inode->i_mapping, -ESTALE);
		return give_up_folio(folio, -ESTALE);
	}
	if (at + (loff_t)length > size) {
		length = size - at;
		folio_zero_segment(folio, length, folio_size(folio));
	}
	folio_start_writeback(folio);
	folio_unlock(folio);
	okb_fs_begin_own_change(inode);
	done = pass_folio(inode, writer, folio, length, true);
	okb_fs_end_own_change(inode);
	trace_fs_writeback(inode, at, done);
	if (done >= 0 && (size_t)done < length)
		done = -EIO;
	if (done < 0)
		mapping_set_error(inode->i_mapping, done);
	folio_end_writeback(folio);
	return done < 0 ? done : 0;
}

#ifdef ORIEL_HAVE_WRITEBACK_ITER
static int write_folios(struct address_space *mapping, struct writeback_control *control, struct file *writer)
{
	struct folio *folio = NULL;
	int status = 0;

	while ((folio = writeback_iter(mapping, control, folio, &status)))
		status = write_folio(folio, writer);
	return status;
}
#else
static int write_page(struct page *page, struct writeback_control *control, void *writer)
{
	return write_folio(page_folio(page), writer);
}

static int write_folios(struct address_space *mapping, struct writeback_control *control, struct file *writer)
{
	return write_cache_pages(mapping, control, write_page, writer);
}
#endif

/* That has set the lower's time of change to now; it was when our callers wrote. */
void okb_fs_write_times(struct inode *inode, struct file *writer)
{
	struct iattr times = {.ia_valid = ATTR_MTIME | ATTR_MTIME_SET};
	struct dentry *lower = writer->f_path.dentry;
	const struct cred *caller;

	if (okb_fs_begin_change(inode->i_sb, &caller))
		return;
	okb_fs_begin_own_change(inode);
	inode_lock(d_inode(lower));
	times.ia_mtime = inode_get_mtime(inode);
	notify_change(okb_fs_lower_idmap(inode->i_sb), lower, &times, NULL);
	inode_unlock(d_inode(lower));
	okb_fs_end_own_change(inode);
	okb_fs_end_change(inode->i_sb, caller);
}

/* The lower must not throttle us for pages that only we can clean, nor its allocations wait for us. */
static int write_by_thread(struct address_space *mapping, struct writeback_control *control)
{
	unsigned int throttle = current->flags & PF_LOCAL_THROTTLE, nofs = memalloc_nofs_save();
	struct file *writer = okb_fs_get_writer(mapping->host);
	long most = control->nr_to_write;
	int status = 0;

	current->flags |= PF_LOCAL_THROTTLE;
	if (writer) {
		status = write_folios(mapping, control, writer);
		if (control->nr_to_write != most)
			okb_fs_write_times(mapping->host, writer);
		if (okb_fs_cut(mapping->host))
			mark_inode_dirty_sync(mapping->host); /* the map has changed */
		fput(writer);
	}
	if (!throttle)
		current->flags &= ~PF_LOCAL_THROTTLE;
	memalloc_nofs_restore(nofs);
	return status;
}

struct writing {
	struct address_space *mapping;
	struct writeback_control *control;
};

static int write_in_thread(void *argument)
{
	struct writing *writing = argument;

	return write_by_thread(writing->mapping, writing->control);
}

/* What was in a page must not be lost because who wrote it is being killed. */
static int write_pages(struct address_space *mapping, struct writeback_control *control)
{
	struct writing writing = {mapping, control};

	return okb_fs_run_in_thread(okb_fs_thread_begins, write_in_thread, &writing);
}

/* ---- writes through the pages ---- */

/* What lies behind the old end on its page becomes part of the file: it must be zero, whatever a mapping wrote there. */
static int zero_behind_end(struct inode *inode, loff_t end)
{
	struct folio *folio;
	size_t offset;

	/* Where nobody may write to pages, there is nothing, and no file to write it back to. */
	if (!(end & (PAGE_SIZE - 1)) || !READ_ONCE(okb_fs_inode(inode)->writer))
		return 0;
	folio = read_mapping_folio(inode->i_mapping, end >> PAGE_SHIFT, NULL);
	if (IS_ERR(folio))
		return PTR_ERR(folio);
	folio_lock(folio);
	folio_wait_stable(folio);
	offset = end - folio_pos(folio);
	folio_zero_segment(folio, offset, folio_size(folio));
	folio_mark_dirty(folio);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
}

static int begin_write(struct address_space *mapping, loff_t at, unsigned int length, struct folio **found)
{
	struct inode *inode = mapping->host;
	loff_t end = i_size_read(inode);
	int status = at > end ? zero_behind_end(inode, end) : 0;
	struct folio *folio;

	if (status)
		return status;
	folio = __filemap_get_folio(mapping, at >> PAGE_SHIFT, FGP_LOCK | FGP_WRITE | FGP_CREAT | FGP_STABLE, mapping_gfp_mask(mapping));
	if (IS_ERR_OR_NULL(folio))
		return folio ? PTR_ERR(folio) : -ENOMEM;
	if (!folio_test_uptodate(folio) && length != folio_size(folio))
		status = fill_folio(inode, folio);
	if (status) {
		folio_unlock(folio);
		folio_put(folio);
		return status;
	}
	*found = folio;
	return 0;
}

static int end_write(struct address_space *mapping, loff_t at, unsigned int length, unsigned int copied, struct folio *folio)
{
	struct inode *inode = mapping->host;
	loff_t end = i_size_read(inode);

	if (!folio_test_uptodate(folio) && copied < length)
		copied = 0; /* a part of it was never read */
	if (copied) {
		folio_mark_uptodate(folio);
		folio_mark_dirty(folio);
		if (at + copied > end)
			i_size_write(inode, at + copied);
	}
	folio_unlock(folio);
	folio_put(folio);
	if (copied && at > end)
		pagecache_isize_extended(inode, end, at);
	return copied;
}

#if defined(ORIEL_HAVE_WRITE_BEGIN_KIOCB)
#define WRITER const struct kiocb *writer
#else
#define WRITER struct file *writer
#endif

#ifdef ORIEL_HAVE_WRITE_BEGIN_FOLIO
static int write_begin(WRITER, struct address_space *mapping, loff_t at, unsigned int length, struct folio **folio, void **unused)
{
	return begin_write(mapping, at, length, folio);
}

static int write_end(WRITER, struct address_space *mapping, loff_t at, unsigned int length, unsigned int copied, struct folio *folio,
		     void *unused)
{
	return end_write(mapping, at, length, copied, folio);
}
#else
static int write_begin(WRITER, struct address_space *mapping, loff_t at, unsigned int length, struct page **page, void **unused)
{
	struct folio *folio;
	int status = begin_write(mapping, at, length, &folio);

	if (!status)
		*page = &folio->page;
	return status;
}

static int write_end(WRITER, struct address_space *mapping, loff_t at, unsigned int length, unsigned int copied, struct page *page,
		     void *unused)
{
	return end_write(mapping, at, length, copied, page_folio(page));
}
#endif

const struct address_space_operations okb_fs_address_space_operations = {
	.read_folio = read_folio,
	.readahead = read_ahead,
	.writepages = write_pages,
	.dirty_folio = filemap_dirty_folio,
	.write_begin = write_begin,
	.write_end = write_end,
	.migrate_folio = filemap_migrate_folio,
};

/*
 * Locking: the invalidate lock is taken last, and nothing is written back while it or the lower's protection against freezing is held: that
 * waits for the lower, perhaps for somebody who faults, and faults take the one; and it begins to write below, which a freezer keeps whoever
 * does not hold the other from.
 */
int okb_fs_begin_cached_change(struct inode *inode, loff_t start, loff_t end, const struct cred **caller)
{
	struct address_space *pages = inode->i_mapping;
	int status;

	start = round_down(min(start, i_size_read(inode)),
			   PAGE_SIZE); /* a mapping may have written behind the end, which is to become part of the file */
	for (;;) {
		status = filemap_write_and_wait_range(pages, start, end) ?: okb_fs_begin_change(inode->i_sb, caller);
		if (status)
			return status;
		filemap_invalidate_lock(pages);
		if (!filemap_range_needs_writeback(pages, start, end))
			break;
		filemap_invalidate_unlock(pages);
		okb_fs_end_change(inode->i_sb, *caller);
		if (fatal_signal_pending(current))
			return -EINTR;
		WRITE_ONCE(okb_fs_inode(inode)->settle_until, jiffies + HZ / 20); /* a mapping is written to all the time */
	}
	WRITE_ONCE(okb_fs_inode(inode)->settle_until, jiffies);
	okb_fs_begin_own_change(inode);
	return 0;
}

void okb_fs_end_cached_change(struct inode *inode, const struct cred *caller)
{
	okb_fs_end_own_change(inode);
	filemap_invalidate_unlock(inode->i_mapping);
	okb_fs_end_change(inode->i_sb, caller);
}

void okb_fs_forget_range(struct inode *inode, loff_t start, loff_t end)
{
	unsigned long before = READ_ONCE(inode->i_mapping->nrpages), after;

	start = round_down(min(start, i_size_read(inode)), PAGE_SIZE);
	truncate_pagecache_range(inode, start, end == LLONG_MAX ? end : round_up(end + 1, PAGE_SIZE) - 1);
	after = READ_ONCE(inode->i_mapping->nrpages);
	okb_fs_add(inode->i_sb, okb_fs_dropped_pages, before - min(before, after));
}

int okb_fs_begin_cached_size(struct inode *inode, loff_t size, const struct cred **caller)
{
	loff_t end = i_size_read(inode);
	int status = size > end ? zero_behind_end(inode, end) : 0;

	/* What is cut off is written back before: the lower may refuse. */
	return status ?: okb_fs_begin_cached_change(inode, size, size < end ? LLONG_MAX : -1, caller);
}

void okb_fs_cut_pages(struct inode *inode, loff_t size)
{
	if (size < i_size_read(inode))
		truncate_setsize(inode, size);
}

void okb_fs_set_size(struct inode *inode, loff_t size, int status)
{
	loff_t below = i_size_read(okb_fs_lower_inode(inode));

	if (!status)
		truncate_setsize(inode, size);
	else if (i_size_read(inode) < below)
		i_size_write(inode, below);
}

/* ---- mappings ---- */

/* Context: mmap_lock, and whatever somebody holds who faults; so it is a moment, and no more. */
static void let_change_pass(const struct okb_fs_inode *inode)
{
	while (time_before(jiffies, READ_ONCE(inode->settle_until)))
		schedule_timeout_uninterruptible(1);
}

/* The invalidate lock keeps out whoever changes what the pages stand for; who waits for it may keep away who writes the folio. */
static void lock_folio(struct inode *inode, struct folio *folio)
{
	filemap_invalidate_lock_shared(inode->i_mapping);
	while (!folio_trylock(folio)) {
		filemap_invalidate_unlock_shared(inode->i_mapping);
		folio_wait_locked(folio);
		filemap_invalidate_lock_shared(inode->i_mapping);
	}
}

static vm_fault_t make_writable(struct vm_fault *fault)
{
	struct inode *inode = file_inode(fault->vma->vm_file);
	struct folio *folio = page_folio(fault->page);
	vm_fault_t outcome = VM_FAULT_LOCKED;

	okb_fs_note_writer(inode);
	let_change_pass(okb_fs_inode(inode));
	sb_start_pagefault(inode->i_sb);
	file_update_time(fault->vma->vm_file);
	lock_folio(inode, folio);
	if (folio->mapping != inode->i_mapping || folio_pos(folio) >= i_size_read(inode)) {
		folio_unlock(folio);
		outcome = VM_FAULT_NOPAGE;
	} else {
		folio_mark_dirty(folio);
		folio_wait_stable(folio);
	}
	filemap_invalidate_unlock_shared(inode->i_mapping);
	sb_end_pagefault(inode->i_sb);
	return outcome;
}

static const struct vm_operations_struct vm_operations = {
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
	.page_mkwrite = make_writable,
};

int okb_fs_mmap(struct file *file, struct vm_area_struct *vma)
{
	int status = okb_fs_want_pages(file, (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE));

	if (status)
		return status;
	file_accessed(file);
	vma->vm_ops = &vm_operations;
	return 0;
}
