// SPDX-License-Identifier: GPL-2.0
/*
 * How the bytes of a file are reached.
 *
 * Identity, the usual mode: reads and writes pass to the lower file, and there are no pages of ours.  Cached, from the first mapping into
 * memory until nobody uses it: pages of ours, filled from the lower file and written back to it; reads and writes go through them too.
 *
 * Locking: `users` counts descriptors that have mapped the file and calls that work on its pages.  It becomes 1, and 0 again, only while
 * `mode` is held for writing.  `mode` is held for reading around each passage to the lower file, and no page fault happens meanwhile (io.c):
 * so it may be taken for writing under mmap_lock.  A user holds no lock for it: it may fault, and mmap() may wait for a passage to end.
 * Order: an inode's lock, `mode`, what the lower takes.
 */
#include <linux/fs_stack.h>
#include <linux/pagemap.h>

#include "bindings/fs/okb_fs.h"
#include "compat/times.h"

bool okb_fs_begin_passage(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	down_read(&inode->mode);
	if (!atomic_read(&inode->users))
		return true;
	atomic_inc(&inode->users);
	up_read(&inode->mode);
	return false;
}

void okb_fs_end_passage(struct inode *vfs)
{
	up_read(&okb_fs_inode(vfs)->mode);
}

/* The lower file for the pages: of no caller, so it neither appends nor goes around the lower's own cache. */
static struct file *open_lower(struct file *file, int flags)
{
	struct path path = okb_fs_lower_path(file->f_path.dentry);
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	struct file *lower = dentry_open(&path, flags | O_LARGEFILE, current_cred());

	revert_creds(caller);
	return lower;
}

static int open_for_pages(struct okb_fs_inode *inode, struct file *file, bool writes)
{
	struct file *lower;

	if (!inode->reader) {
		lower = open_lower(file, O_RDONLY);
		if (IS_ERR(lower))
			return PTR_ERR(lower);
		inode->reader = lower;
	}
	if (writes && !inode->writer) {
		lower = open_lower(file, O_WRONLY);
		if (IS_ERR(lower))
			return PTR_ERR(lower);
		inode->writer = lower;
	}
	return 0;
}

static void close_for_pages(struct okb_fs_inode *inode)
{
	if (inode->reader)
		fput(inode->reader);
	if (inode->writer)
		fput(inode->writer);
	inode->reader = inode->writer = NULL;
}

int okb_fs_want_pages(struct file *file, bool writes)
{
	struct inode *vfs = file_inode(file);
	struct okb_fs_inode *inode = okb_fs_inode(vfs);
	struct okb_fs_file *opened = file->private_data;
	int status;

	down_write(&inode->mode);
	status = open_for_pages(inode, file, writes);
	if (status && !atomic_read(&inode->users)) {
		close_for_pages(inode);
	} else if (!status && !opened->maps) {
		if (!atomic_read(&inode->users)) {
			truncate_inode_pages(vfs->i_mapping, 0); /* readahead(2) may have brought some: nobody kept them up to date */
			okb_fs_copy_attributes(vfs);
		}
		opened->maps = true;
		atomic_inc(&inode->users);
	}
	up_write(&inode->mode);
	return status;
}

int okb_fs_want_writer(struct file *file)
{
	struct okb_fs_inode *inode = okb_fs_inode(file_inode(file));
	int status;

	if (READ_ONCE(inode->writer))
		return 0;
	down_write(&inode->mode);
	status = open_for_pages(inode, file, true);
	up_write(&inode->mode);
	return status;
}

/* Writing back has set the lower's time of change to when that was; it was when our callers wrote. */
static void write_back_times(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);
	struct iattr times = {.ia_valid = ATTR_MTIME | ATTR_MTIME_SET, .ia_mtime = inode_get_mtime(vfs)};
	struct dentry *lower;
	const struct cred *caller;

	if (!inode->writer || okb_fs_begin_change(vfs->i_sb, &caller))
		return;
	lower = inode->writer->f_path.dentry;
	inode_lock(d_inode(lower));
	notify_change(okb_fs_lower_idmap(vfs->i_sb), lower, &times, NULL);
	inode_unlock(d_inode(lower));
	okb_fs_end_change(vfs->i_sb, caller);
}

void okb_fs_drop_pages(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	if (atomic_add_unless(&inode->users, -1, 1))
		return;
	down_write(&inode->mode);
	if (atomic_dec_and_test(&inode->users)) {
		filemap_write_and_wait(vfs->i_mapping); /* whoever has it open learns of an error by fsync() */
		truncate_inode_pages(vfs->i_mapping, 0);
		write_back_times(vfs);
		close_for_pages(inode);
		okb_fs_copy_attributes(vfs);
	}
	up_write(&inode->mode);
}
