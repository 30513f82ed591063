// SPDX-License-Identifier: GPL-2.0
/*
 * Noticing that a lower file was changed behind our back while there are pages of ours, or a map: by its size and its time of change, which are known
 * as they were after the last change of our own.  In identity mode nothing is kept that could be stale.
 *
 * A change in the same tick of the lower's clock as one of our own, of the same size, is not noticed; nor is any on a network file system,
 * whose times change when the server has spoken.  The change cookie (i_version) does not help: XFS counts its own writing back in it.
 *
 * Locking: `seen_lock` of the inode, a leaf.  Context: process.
 */
#include <linux/magic.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/times.h"

static bool keeps_times(const struct inode *lower)
{
	return lower->i_sb->s_type->fs_flags & FS_REQUIRES_DEV || lower->i_sb->s_magic == TMPFS_MAGIC;
}

static void remember(struct okb_fs_inode *inode)
{
	inode->seen_size = i_size_read(inode->lower);
	inode->seen_mtime = inode_get_mtime(inode->lower);
}

/* With the lock held, and no change of our own under way. */
static void look(struct okb_fs_inode *inode)
{
	struct timespec64 mtime = inode_get_mtime(inode->lower);

	if (inode->stale || !keeps_times(inode->lower))
		return;
	if (i_size_read(inode->lower) == inode->seen_size && timespec64_equal(&mtime, &inode->seen_mtime))
		return;
	inode->stale = true;
	okb_fs_add(inode->vfs.i_sb, okb_fs_stale, 1);
	trace_fs_stale(&inode->vfs);
}

void okb_fs_watch(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	spin_lock(&inode->seen_lock);
	inode->stale = false;
	remember(inode);
	spin_unlock(&inode->seen_lock);
}

int okb_fs_is_stale(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);
	int status;

	spin_lock(&inode->seen_lock);
	if (!inode->own_changes)
		look(inode);
	status = inode->stale ? -ESTALE : 0;
	spin_unlock(&inode->seen_lock);
	return status;
}

void okb_fs_begin_own_change(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	spin_lock(&inode->seen_lock);
	if (!inode->own_changes++ && (atomic_read(&inode->users) || inode->cut))
		look(inode);
	spin_unlock(&inode->seen_lock);
}

void okb_fs_end_own_change(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	spin_lock(&inode->seen_lock);
	if (!--inode->own_changes)
		remember(inode);
	spin_unlock(&inode->seen_lock);
}
