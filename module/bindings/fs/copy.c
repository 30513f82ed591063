// SPDX-License-Identifier: GPL-2.0
/* Copies and reflinks between two files of ours are those of their lower files. */
#include <linux/pagemap.h>

#include "bindings/fs/okb_fs.h"

enum how { copying, cloning, deduplicating };

static loff_t below(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags, enum how how)
{
	struct file *lower_from = okb_fs_lower_file(from), *lower_to = okb_fs_lower_file(to);

	switch (how) {
	case copying:
		return vfs_copy_file_range(lower_from, from_at, lower_to, to_at, length, flags);
	case cloning:
		return vfs_clone_file_range(lower_from, from_at, lower_to, to_at, length, flags);
	default:
		return vfs_dedupe_file_range_one(lower_from, from_at, lower_to, to_at, length, flags);
	}
}

/* Only one inode of ours is locked: the VFS locks both of the lower's, in its own order. */
static loff_t copy_locked(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags, enum how how)
{
	struct inode *inode = file_inode(to);
	bool passes = okb_fs_begin_passage(inode);
	const struct cred *caller;
	loff_t done = passes ? 0 : okb_fs_forget_range(inode, to_at, length ? to_at + length - 1 : LLONG_MAX);
	bool forgot = !passes && !done;

	if (!done) {
		caller = okb_fs_enter(inode->i_sb);
		done = below(from, from_at, to, to_at, length, flags, how);
		revert_creds(caller);
	}
	if (forgot) {
		if (i_size_read(okb_fs_lower_inode(inode)) > i_size_read(inode))
			i_size_write(inode, i_size_read(okb_fs_lower_inode(inode)));
		filemap_invalidate_unlock(inode->i_mapping);
	}
	if (passes)
		okb_fs_end_passage(inode);
	else
		okb_fs_drop_pages(inode);
	return done;
}

static loff_t copy(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags, enum how how)
{
	struct inode *inode = file_inode(to);
	loff_t done;

	/* Below, only the mounter of `to` would be asked whether `from` may be read. */
	if (file_inode(from)->i_sb != inode->i_sb)
		return -EXDEV;
	done = filemap_write_and_wait(from->f_mapping);
	if (done)
		return done;
	inode_lock(inode);
	if (how != deduplicating)
		done = file_remove_privs(to);
	if (!done)
		done = copy_locked(from, from_at, to, to_at, length, flags, how);
	okb_fs_copy_attributes(inode);
	inode_unlock(inode);
	return done;
}

ssize_t okb_fs_copy(struct file *from, loff_t from_at, struct file *to, loff_t to_at, size_t length, unsigned int flags)
{
	return copy(from, from_at, to, to_at, length, flags, copying);
}

loff_t okb_fs_remap(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags)
{
	if (flags & ~(REMAP_FILE_DEDUP | REMAP_FILE_ADVISORY))
		return -EINVAL;
	return copy(from, from_at, to, to_at, length, flags & ~REMAP_FILE_DEDUP, flags & REMAP_FILE_DEDUP ? deduplicating : cloning);
}
