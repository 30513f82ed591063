/* SPDX-License-Identifier: GPL-2.0 */
/*
 * <linux/namei.h> and what <linux/fs.h> has of it, as of the newest kernel.  6.15 to 7.0 took the locking of directories into
 * start_creating_dentry(), start_removing_dentry() and start_renaming_two_dentries(), and the vfs_*() lost arguments that follow from others.
 */
#ifndef ORIEL_COMPAT_NAMEI_H
#define ORIEL_COMPAT_NAMEI_H

#include <linux/namei.h>

#include "compat/idmap.h"

#ifndef ORIEL_HAVE_KERNEL_TMPFILE_OPEN
#define kernel_tmpfile_open vfs_tmpfile_open
#endif

/* The last parameter of i_op->create, which 7.3 took away. */
#ifdef ORIEL_HAVE_CREATE_EXCLUSIVE
#define ORIEL_CREATE_EXCLUSIVE
#else
#define ORIEL_CREATE_EXCLUSIVE , bool exclusive
#endif

#ifndef ORIEL_HAVE_START_CREATING
#define lookup_noperm_unlocked(qname, parent) lookup_one_len_unlocked((qname)->name, parent, (qname)->len)

/* Locks the parent.  -ESTALE if the child is no longer in it. */
static inline struct dentry *oriel_start_in(struct dentry *parent, struct dentry *child)
{
	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	if (!IS_DEADDIR(d_inode(parent)) && child->d_parent == parent && !d_unhashed(child))
		return dget(child);
	inode_unlock(d_inode(parent));
	return ERR_PTR(-ESTALE);
}

static inline void oriel_end_in(struct dentry *child)
{
	if (IS_ERR(child))
		return;
	inode_unlock(d_inode(child->d_parent));
	dput(child);
}

static inline struct dentry *start_creating_dentry(struct dentry *parent, struct dentry *child)
{
	struct dentry *found = oriel_start_in(parent, child);

	if (IS_ERR(found) || d_is_negative(found))
		return found;
	oriel_end_in(found);
	return ERR_PTR(-EEXIST);
}

static inline struct dentry *start_removing_dentry(struct dentry *parent, struct dentry *child)
{
	struct dentry *found = oriel_start_in(parent, child);

	if (IS_ERR(found) || d_is_positive(found))
		return found;
	oriel_end_in(found);
	return ERR_PTR(-ENOENT);
}

#define end_creating(child) oriel_end_in(child)
#define end_removing(child) oriel_end_in(child)

#define vfs_create(idmap, child, mode, delegated) vfs_create(idmap, d_inode((child)->d_parent), child, mode, true)
#define vfs_mknod(idmap, parent, child, mode, device, delegated) vfs_mknod(idmap, parent, child, mode, device)
#define vfs_symlink(idmap, parent, child, target, delegated) vfs_symlink(idmap, parent, child, target)
#define vfs_rmdir(idmap, parent, child, delegated) vfs_rmdir(idmap, parent, child)

/* The directory that came of it: the child, or another dentry for it.  On failure the child and the lock on its parent are gone. */
static inline struct dentry *oriel_mkdir(struct mnt_idmap *idmap, struct inode *parent, struct dentry *child, umode_t mode)
{
	int status = vfs_mkdir(idmap, parent, child, mode);

	if (!status)
		return child;
	oriel_end_in(child);
	return ERR_PTR(status);
}
#define vfs_mkdir(idmap, parent, child, mode, delegated) oriel_mkdir(idmap, parent, child, mode)

/* Locks both parents.  -ESTALE where an entry is no longer where it was. */
static inline int oriel_start_renaming(struct renamedata *rename, struct mnt_idmap *idmap, struct dentry *old_parent, struct dentry *old,
				       struct dentry *new_parent, struct dentry *new, unsigned int flags)
{
	struct dentry *trap = lock_rename(old_parent, new_parent);
	int status = 0;

	if (IS_ERR(trap))
		return PTR_ERR(trap);
	*rename = (struct renamedata){
#ifdef ORIEL_HAVE_MNT_IDMAP
		.old_mnt_idmap = idmap,
		.new_mnt_idmap = idmap,
#else
		.old_mnt_userns = idmap,
		.new_mnt_userns = idmap,
#endif
		.old_dir = d_inode(old_parent),
		.old_dentry = old,
		.new_dir = d_inode(new_parent),
		.new_dentry = new,
		.flags = flags,
	};
	if (old->d_parent != old_parent || new->d_parent != new_parent || d_unhashed(old))
		status = -ESTALE;
	else if (trap == old)
		status = -EINVAL;
	else if (trap == new)
		status = -ENOTEMPTY;
	if (status)
		unlock_rename(old_parent, new_parent);
	return status;
}

#define oriel_end_renaming(rename, old_parent, new_parent) unlock_rename(old_parent, new_parent)
#else
static inline int oriel_start_renaming(struct renamedata *rename, struct mnt_idmap *idmap, struct dentry *old_parent, struct dentry *old,
				       struct dentry *new_parent, struct dentry *new, unsigned int flags)
{
	*rename = (struct renamedata){.mnt_idmap = idmap, .old_parent = old_parent, .new_parent = new_parent, .flags = flags};
	return start_renaming_two_dentries(rename, old, new);
}

#define oriel_end_renaming(rename, old_parent, new_parent) end_renaming(rename)
#endif

#endif
