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

/* Reads or writes `length` bytes of the lower file at the start of the folio.  Return: how many, or an error. */
static ssize_t pass_folio(struct inode *inode, struct file *lower, struct folio *folio, size_t length, bool writes)
{
	struct bio_vec part = {.bv_page = &folio->page, .bv_len = length};
	const struct cred *caller = okb_fs_enter(inode->i_sb);
	loff_t at = folio_pos(folio);
	struct iov_iter iter;
	ssize_t done = 0, step = 1;

	iov_iter_bvec(&iter, writes ? WRITE : READ, &part, 1, length);
	if (writes)
		file_start_write(lower);
	for (; step > 0 && iov_iter_count(&iter); done += max_t(ssize_t, step, 0))
		step = writes ? vfs_iter_write(lower, &iter, &at, 0) : vfs_iter_read(lower, &iter, &at, 0);
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

/* ---- writing back ---- */

/* With the folio locked; unlocks it. */
static int write_folio(struct folio *folio)
{
	struct inode *inode = folio->mapping->host;
	loff_t size = i_size_read(inode), at = folio_pos(folio);
	size_t length = folio_size(folio);
	ssize_t done;

	if (at >= size) {
		folio_unlock(folio);
		return 0;
	}
	if (at + (loff_t)length > size) {
		length = size - at;
		folio_zero_segment(folio, length, folio_size(folio));
	}
	folio_start_writeback(folio);
	folio_unlock(folio);
	done = pass_folio(inode, okb_fs_inode(inode)->writer, folio, length, true);
	if (done >= 0 && (size_t)done < length)
		done = -EIO;
	if (done < 0)
		mapping_set_error(inode->i_mapping, done);
	folio_end_writeback(folio);
	return done < 0 ? done : 0;
}

#ifdef ORIEL_HAVE_WRITEBACK_ITER
static int write_folios(struct address_space *mapping, struct writeback_control *control)
{
	struct folio *folio = NULL;
	int status = 0;

	while ((folio = writeback_iter(mapping, control, folio, &status)))
		status = write_folio(folio);
	return status;
}
#else
static int write_page(struct page *page, struct writeback_control *control, void *unused)
{
	return write_folio(page_folio(page));
}

static int write_folios(struct address_space *mapping, struct writeback_control *control)
{
	return write_cache_pages(mapping, control, write_page, NULL);
}
#endif

/* The lower must not throttle us for pages that only we can clean, nor its allocations wait for us. */
static int write_pages(struct address_space *mapping, struct writeback_control *control)
{
	unsigned int throttle = current->flags & PF_LOCAL_THROTTLE, nofs = memalloc_nofs_save();
	int status;

	current->flags |= PF_LOCAL_THROTTLE;
	status = write_folios(mapping, control);
	if (!throttle)
		current->flags &= ~PF_LOCAL_THROTTLE;
	memalloc_nofs_restore(nofs);
	return status;
}

/* ---- writes through the pages ---- */

/* What lies behind the old end on its page becomes part of the file: it must be zero, whatever a mapping wrote there. */
static int zero_behind_end(struct inode *inode, loff_t end)
{
	struct folio *folio;
	size_t offset;

	if (!(end & (PAGE_SIZE - 1)))
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
	.writepages = write_pages,
	.dirty_folio = filemap_dirty_folio,
	.write_begin = write_begin,
	.write_end = write_end,
	.migrate_folio = filemap_migrate_folio,
};

int okb_fs_prepare_size(struct inode *inode, loff_t size)
{
	loff_t end = i_size_read(inode);
	int status = size > end ? zero_behind_end(inode, end) : 0;

	filemap_invalidate_lock(inode->i_mapping);
	/* Before the lower is cut, else writing back would let it grow again. */
	if (!status && size < end)
		truncate_setsize(inode, size);
	return status;
}

void okb_fs_set_size(struct inode *inode, loff_t size, int status)
{
	if (!status)
		truncate_setsize(inode, size);
	filemap_invalidate_unlock(inode->i_mapping);
}

int okb_fs_forget_range(struct inode *inode, loff_t start, loff_t end)
{
	int status;

	filemap_invalidate_lock(inode->i_mapping);
	status = filemap_write_and_wait_range(inode->i_mapping, round_down(start, PAGE_SIZE), end);
	if (status)
		filemap_invalidate_unlock(inode->i_mapping);
	else
		truncate_pagecache_range(inode, round_down(start, PAGE_SIZE), end == LLONG_MAX ? end : round_up(end + 1, PAGE_SIZE) - 1);
	return status;
}

/* ---- mappings ---- */

/* The invalidate lock keeps out whoever changes what the pages stand for. */
static vm_fault_t make_writable(struct vm_fault *fault)
{
	struct inode *inode = file_inode(fault->vma->vm_file);
	struct folio *folio = page_folio(fault->page);
	vm_fault_t outcome = VM_FAULT_LOCKED;

	sb_start_pagefault(inode->i_sb);
	file_update_time(fault->vma->vm_file);
	filemap_invalidate_lock_shared(inode->i_mapping);
	folio_lock(folio);
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
