// SPDX-License-Identifier: GPL-2.0
/* Inodes: one of ours for each lower one. */
#include <linux/fs_stack.h>
#include <linux/module.h>
#include <linux/posix_acl.h>
#include <linux/slab.h>
#include <linux/xattr.h>

#include "bindings/fs/okb_fs.h"
#include "compat/times.h"

static struct kmem_cache *cache;

struct inode *okb_fs_alloc_inode(struct super_block *sb)
{
	struct okb_fs_inode *made = alloc_inode_sb(sb, cache, GFP_KERNEL);

	if (!made)
		return NULL;
	made->lower = NULL;
	made->reader = made->writer = NULL;
	atomic_set(&made->users, 0);
	return &made->vfs;
}

void okb_fs_free_inode(struct inode *inode)
{
	kmem_cache_free(cache, container_of(inode, struct okb_fs_inode, vfs));
}

void okb_fs_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	iput(okb_fs_lower_inode(inode));
}

static void init_once(void *at)
{
	struct okb_fs_inode *inode = at;

	init_rwsem(&inode->mode);
	inode_init_once(&inode->vfs);
}

int okb_fs_inode_start(void)
{
	cache = kmem_cache_create("orielfs_inode", sizeof(struct okb_fs_inode), 0, SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT, init_once);
	return cache ? 0 : -ENOMEM;
}

void okb_fs_inode_stop(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

void okb_fs_copy_attributes(struct inode *inode)
{
	struct inode *lower = okb_fs_lower_inode(inode);
	bool cached = atomic_read(&okb_fs_inode(inode)->users);
	struct timespec64 mtime = inode_get_mtime(inode);

	fsstack_copy_attr_all(inode, lower);
	if (cached)
		inode_set_mtime_to_ts(inode, mtime); /* what was written may not be in the lower yet */
	else
		fsstack_copy_inode_size(inode, lower);
	inode->i_flags = (inode->i_flags & ~(S_SYNC | S_NOATIME | S_APPEND | S_IMMUTABLE | S_DIRSYNC)) |
			 (lower->i_flags & (S_SYNC | S_NOATIME | S_APPEND | S_IMMUTABLE | S_DIRSYNC));
}

static int is_over(struct inode *inode, void *lower)
{
	return okb_fs_lower_inode(inode) == lower;
}

static int set_lower(struct inode *inode, void *lower)
{
	container_of(inode, struct okb_fs_inode, vfs)->lower = igrab(lower);
	return okb_fs_lower_inode(inode) ? 0 : -ESTALE;
}

static bool is_new(struct inode *inode)
{
#ifdef ORIEL_HAVE_INODE_STATE
	return inode_state_read_once(inode) & I_NEW;
#else
	return inode->i_state & I_NEW;
#endif
}

struct inode *okb_fs_inode_of(struct super_block *sb, struct inode *lower)
{
	struct inode *inode = iget5_locked(sb, (unsigned long)lower, is_over, set_lower, lower);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!is_new(inode))
		return inode;
	inode->i_ino = lower->i_ino;
	inode->i_mode = lower->i_mode;
	switch (lower->i_mode & S_IFMT) {
	case S_IFDIR:
		inode->i_op = &okb_fs_dir_inode_operations;
		inode->i_fop = &okb_fs_dir_operations;
		break;
	case S_IFREG:
		inode->i_op = &okb_fs_file_inode_operations;
		inode->i_fop = &okb_fs_file_operations;
		inode->i_mapping->a_ops = &okb_fs_address_space_operations;
		break;
	case S_IFLNK:
		inode->i_op = &okb_fs_symlink_inode_operations;
		break;
	default:
		inode->i_op = &okb_fs_file_inode_operations;
		init_special_inode(inode, lower->i_mode, lower->i_rdev);
	}
	inode->i_acl = inode->i_default_acl = ACL_DONT_CACHE;
	okb_fs_copy_attributes(inode);
	unlock_new_inode(inode);
	return inode;
}

int okb_fs_permission(struct mnt_idmap *idmap, struct inode *inode, int mask)
{
	const struct cred *caller;
	int status = generic_permission(idmap, inode, mask);

	if (status)
		return status;
	caller = okb_fs_enter(inode->i_sb);
	status = inode_permission(okb_fs_lower_idmap(inode->i_sb), okb_fs_lower_inode(inode), mask);
	revert_creds(caller);
	return status;
}

int okb_fs_getattr(struct mnt_idmap *idmap, const struct path *path, struct kstat *stat, u32 wanted, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	struct path lower = okb_fs_lower_path(path->dentry);
	const struct cred *caller = okb_fs_enter(inode->i_sb);
	/* That the caller may ask has been settled above. */
	int status = vfs_getattr_nosec(&lower, stat, wanted, flags);

	revert_creds(caller);
	if (status)
		return status;
	stat->dev = inode->i_sb->s_dev;
	stat->ino = inode->i_ino;
	if (atomic_read(&okb_fs_inode(inode)->users)) {
		stat->size = i_size_read(inode);
		stat->mtime = inode_get_mtime(inode);
	}
	return 0;
}

static int set_lower_attributes(struct dentry *dentry, struct iattr *changes)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	bool sets_size = changes->ia_valid & ATTR_SIZE;
	int status;

	if (sets_size) {
		status = get_write_access(d_inode(lower)); /* ETXTBSY */
		if (status)
			return status;
	}
	inode_lock(d_inode(lower));
	status = notify_change(okb_fs_lower_idmap(dentry->d_sb), lower, changes, NULL);
	inode_unlock(d_inode(lower));
	if (sets_size)
		put_write_access(d_inode(lower));
	return status;
}

static int set_attributes(struct dentry *dentry, struct iattr *changes)
{
	struct super_block *sb = dentry->d_sb;
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	status = set_lower_attributes(dentry, changes);
	okb_fs_end_change(sb, caller);
	return status;
}

static int set_size(struct dentry *dentry, struct iattr *changes)
{
	struct inode *inode = d_inode(dentry);
	int status;

	if (okb_fs_begin_passage(inode)) {
		status = set_attributes(dentry, changes);
		okb_fs_end_passage(inode);
		return status;
	}
	status = okb_fs_prepare_size(inode, changes->ia_size);
	if (!status)
		status = set_attributes(dentry, changes);
	okb_fs_set_size(inode, changes->ia_size, status);
	if (!status)
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	okb_fs_drop_pages(inode);
	return status;
}

int okb_fs_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *changes)
{
	struct inode *inode = d_inode(dentry);
	struct iattr below = *changes;
	int status = setattr_prepare(idmap, dentry, changes);

	if (status)
		return status;
	if (below.ia_valid & ATTR_FILE)
		below.ia_file = okb_fs_lower_file(changes->ia_file);
	if (below.ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID))
		below.ia_valid &= ~ATTR_MODE; /* the lower decides, from its own mode */
	below.ia_valid &= ~ATTR_OPEN;
	status = S_ISREG(inode->i_mode) && below.ia_valid & ATTR_SIZE ? set_size(dentry, &below) : set_attributes(dentry, &below);
	okb_fs_copy_attributes(inode);
	if (!status && below.ia_valid & ATTR_MTIME)
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	return status;
}

int okb_fs_get_fileattr(struct dentry *dentry, struct file_kattr *attributes)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	int status = vfs_fileattr_get(okb_fs_lower_dentry(dentry), attributes);

	revert_creds(caller);
	return status == -ENOIOCTLCMD ? -ENOTTY : status;
}

int okb_fs_set_fileattr(struct mnt_idmap *idmap, struct dentry *dentry, struct file_kattr *attributes)
{
	struct super_block *sb = dentry->d_sb;
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	status = vfs_fileattr_set(okb_fs_lower_idmap(sb), okb_fs_lower_dentry(dentry), attributes);
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(d_inode(dentry));
	return status;
}

ssize_t okb_fs_listxattr(struct dentry *dentry, char *list, size_t size)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	ssize_t length = vfs_listxattr(okb_fs_lower_dentry(dentry), list, size);

	revert_creds(caller);
	return length;
}

static int get_xattr(const struct xattr_handler *handler, struct dentry *dentry, struct inode *inode, const char *name, void *value,
		     size_t size)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	ssize_t length = vfs_getxattr(okb_fs_lower_idmap(dentry->d_sb), okb_fs_lower_dentry(dentry), name, value, size);

	revert_creds(caller);
	return length;
}

static int set_xattr(const struct xattr_handler *handler, struct mnt_idmap *idmap, struct dentry *dentry, struct inode *inode,
		     const char *name, const void *value, size_t size, int flags)
{
	struct super_block *sb = dentry->d_sb;
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	if (value)
		status = vfs_setxattr(okb_fs_lower_idmap(sb), lower, name, (void *)value, size, flags);
	else
		status = vfs_removexattr(okb_fs_lower_idmap(sb), lower, name);
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(inode);
	return status;
}

static const struct xattr_handler every_xattr = {
	.prefix = "",
	.get = get_xattr,
	.set = set_xattr,
};

const struct xattr_handler *const okb_fs_xattr_handlers[] = {&every_xattr, NULL};
