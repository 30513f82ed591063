// SPDX-License-Identifier: GPL-2.0
/* Inodes: one of ours for each lower one. */
#include <linux/fiemap.h>
#include <linux/fs_stack.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/posix_acl.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xattr.h>

#include "bindings/fs/okb_fs.h"

static struct kmem_cache *cache;

struct inode *okb_fs_alloc_inode(struct super_block *sb)
{
	struct okb_fs_inode *made = alloc_inode_sb(sb, cache, GFP_KERNEL);

	if (!made)
		return NULL;
	made->lower = NULL;
	made->reader = made->writer = NULL;
	made->own_changes = 0;
	made->yield_until = jiffies;
	made->settle_until = jiffies;
	made->unlimited = false;
	made->splicer = NULL;
	made->judged = made->becoming = made->broken = made->stale = false;
	made->cut = NULL;
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
	okb_fs_evict_cut(inode);
	clear_inode(inode);
	okb_fs_add(inode->i_sb, okb_fs_gone_inodes, 1);
	iput(okb_fs_lower_inode(inode));
}

static void init_once(void *at)
{
	struct okb_fs_inode *inode = at;

	init_rwsem(&inode->mode);
	spin_lock_init(&inode->seen_lock);
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

#define COPIED_FLAGS (S_SYNC | S_NOATIME | S_APPEND | S_IMMUTABLE | S_DIRSYNC)

/* As the lower's mount maps it, which seldom maps anything. */
static bool has_owner(const struct inode *inode, const struct inode *lower)
{
	struct mnt_idmap *idmap = okb_fs_lower_idmap(inode->i_sb);

	if (!is_idmapped_mnt(okb_fs_super(inode->i_sb)->lower))
		return uid_eq(inode->i_uid, lower->i_uid) && gid_eq(inode->i_gid, lower->i_gid);
	return uid_eq(inode->i_uid, vfsuid_into_kuid(i_uid_into_vfsuid(idmap, lower))) &&
	       gid_eq(inode->i_gid, vfsgid_into_kgid(i_gid_into_vfsgid(idmap, lower)));
}

bool okb_fs_is_fresh(const struct inode *inode)
{
	const struct inode *lower = okb_fs_lower_inode(inode);

	return READ_ONCE(inode->i_mode) == READ_ONCE(lower->i_mode) &&
	       !((READ_ONCE(inode->i_flags) ^ READ_ONCE(lower->i_flags)) & COPIED_FLAGS) && has_owner(inode, lower);
}

/* As the lower's mount maps it. */
static void copy_owner(struct inode *inode)
{
	const struct inode *lower = okb_fs_lower_inode(inode);
	struct mnt_idmap *idmap = okb_fs_lower_idmap(inode->i_sb);

	WRITE_ONCE(inode->i_mode, READ_ONCE(lower->i_mode));
	inode->i_uid = vfsuid_into_kuid(i_uid_into_vfsuid(idmap, lower));
	inode->i_gid = vfsgid_into_kgid(i_gid_into_vfsgid(idmap, lower));
	inode_set_flags(inode, READ_ONCE(lower->i_flags) & COPIED_FLAGS, COPIED_FLAGS);
}

bool okb_fs_refresh(struct inode *inode)
{
	if (okb_fs_is_fresh(inode))
		return true;
	copy_owner(inode);
	return false;
}

int okb_fs_remove_privileges(struct file *file)
{
	okb_fs_refresh(file_inode(file));
	return file_remove_privs(file);
}

static bool is_dirty(struct inode *inode)
{
#ifdef ORIEL_HAVE_INODE_STATE
	return inode_state_read_once(inode) & I_DIRTY;
#else
	return inode->i_state & I_DIRTY;
#endif
}

/* Nothing is kept of a file without users: it may be removed below, and its room is to become free. */
int okb_fs_drop_inode(struct inode *inode)
{
	bool has_changes = okb_fs_cut(inode) && inode->i_nlink && is_dirty(inode) && !READ_ONCE(okb_fs_inode(inode)->stale);

	return !has_changes; /* of the map: the flusher makes them durable */
}

/* Requests may end at once: whoever comes last leaves the size that is right. */
static void copy_size(struct inode *inode)
{
	struct inode *lower = okb_fs_lower_inode(inode);
	loff_t size;

	do {
		size = i_size_read(lower);
		i_size_write(inode, size);
		inode->i_blocks = lower->i_blocks;
		smp_mb(); /* the size is written before the lower's is read again */
	} while (size != i_size_read(lower));
}

void okb_fs_copy_written(struct inode *inode)
{
	if (atomic_read(&okb_fs_inode(inode)->users) || okb_fs_cut(inode))
		return; /* whoever mapped or cut it since has taken them over */
	fsstack_copy_attr_times(inode, okb_fs_lower_inode(inode));
	copy_size(inode);
}

void okb_fs_copy_attributes(struct inode *inode)
{
	struct inode *lower = okb_fs_lower_inode(inode);
	bool ours = atomic_read(&okb_fs_inode(inode)->users) || okb_fs_cut(inode);
	struct timespec64 mtime = inode_get_mtime(inode);

	copy_owner(inode);
	inode->i_rdev = lower->i_rdev;
	inode->i_blkbits = lower->i_blkbits;
	set_nlink(inode, lower->i_nlink);
	fsstack_copy_attr_times(inode, lower);
	if (ours)
		inode_set_mtime_to_ts(inode, mtime); /* what was written may not be in the lower yet */
	else
		copy_size(inode);
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
	okb_fs_add(sb, okb_fs_made_inodes, 1);
	inode->i_ino = okb_fs_number_of(sb, lower);
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
	int status;

	if (!okb_fs_is_fresh(inode)) {
		if (mask & MAY_NOT_BLOCK)
			return -ECHILD;
		okb_fs_refresh(inode);
	}
	status = generic_permission(idmap, inode, mask);
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
	bool becomes = READ_ONCE(okb_fs_inode(inode)->becoming);
	/* That the caller may ask has been settled above. */
	int status = vfs_getattr_nosec(&lower, stat, wanted, flags);

	revert_creds(caller);
	if (status)
		return status;
	if (becomes || READ_ONCE(okb_fs_inode(inode)->becoming))
		stat->size = i_size_read(inode); /* the lower's has grown already */
	stat->dev = inode->i_sb->s_dev;
	stat->ino = inode->i_ino;
	if (okb_fs_cut(inode)) {
		okb_fs_stat_cut(inode, stat);
	} else if (atomic_read(&okb_fs_inode(inode)->users)) {
		stat->size = i_size_read(inode);
		stat->mtime = inode_get_mtime(inode);
	}
	return 0;
}

int okb_fs_set_lower_attributes(struct dentry *dentry, struct iattr *changes)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	int status;

	okb_fs_begin_own_change(d_inode(dentry));
	inode_lock(d_inode(lower));
	status = notify_change(okb_fs_lower_idmap(dentry->d_sb), lower, changes, NULL);
	inode_unlock(d_inode(lower));
	okb_fs_end_own_change(d_inode(dentry));
	return status;
}

/* With the change begun. */
static int set_lower_size(struct dentry *dentry, struct iattr *changes, bool cached)
{
	struct inode *lower = okb_fs_lower_inode(d_inode(dentry));
	int status = get_write_access(lower); /* ETXTBSY */

	if (status)
		return status;
	if (cached)
		okb_fs_cut_pages(d_inode(dentry), changes->ia_size);
	status = okb_fs_set_lower_attributes(dentry, changes);
	put_write_access(lower);
	return status;
}

static int set_cached_size(struct dentry *dentry, struct iattr *changes)
{
	struct inode *inode = d_inode(dentry);
	const struct cred *caller;
	int status = okb_fs_begin_cached_size(inode, changes->ia_size, &caller);

	if (status)
		return status;
	status = set_lower_size(dentry, changes, true);
	okb_fs_set_size(inode, changes->ia_size, status);
	if (!status)
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	okb_fs_end_cached_change(inode, caller);
	return status;
}

static int set_attributes(struct dentry *dentry, struct iattr *changes)
{
	const struct cred *caller;
	int status = okb_fs_begin_change(dentry->d_sb, &caller);

	if (status)
		return status;
	status = okb_fs_set_lower_attributes(dentry, changes);
	okb_fs_end_change(dentry->d_sb, caller);
	return status;
}

/* The size is the map's, and the other changes, as of privileges that go with it, are the lower's and come first. */
static int set_size_of_cut(struct dentry *dentry, const struct iattr *changes)
{
	struct iattr others = *changes;
	int status;

	others.ia_valid &= ~(ATTR_SIZE | ATTR_MTIME | ATTR_CTIME);
	status = others.ia_valid ? set_attributes(dentry, &others) : 0;
	return status ?: okb_fs_set_cut_size(d_inode(dentry), changes->ia_size);
}

static int set_size(struct dentry *dentry, struct iattr *changes)
{
	struct path lower = okb_fs_lower_path(dentry);
	int status = okb_fs_judge_locked(d_inode(dentry), &lower);
	const struct cred *caller;
	bool passes;

	if (status)
		return status;
	if (okb_fs_cut(d_inode(dentry)))
		return set_size_of_cut(dentry, changes);
	status = okb_fs_begin_change(dentry->d_sb, &caller);
	if (status)
		return status;
	passes = okb_fs_begin_passage(d_inode(dentry));
	if (passes) {
		status = set_lower_size(dentry, changes, false);
		okb_fs_end_passage(d_inode(dentry));
	}
	okb_fs_end_change(dentry->d_sb, caller);
	if (!passes) {
		status = set_cached_size(dentry, changes);
		okb_fs_drop_pages(d_inode(dentry));
	}
	return status;
}

int okb_fs_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *changes)
{
	struct inode *inode = d_inode(dentry);
	struct timespec64 modified;
	struct iattr below;
	int status;

	okb_fs_refresh(inode);
	status = setattr_prepare(idmap, dentry, changes);
	if (status)
		return status;
	below = *changes; /* what that has taken away, the mounter might keep */
	if (below.ia_valid & ATTR_FILE)
		below.ia_file = okb_fs_lower_file(changes->ia_file);
	if (below.ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID))
		below.ia_valid &= ~ATTR_MODE; /* the lower decides, from its own mode */
	below.ia_valid &= ~ATTR_OPEN;
	modified = inode_get_mtime(inode);
	if (below.ia_valid & ATTR_MTIME)
		inode_set_mtime_to_ts(inode, below.ia_valid & ATTR_MTIME_SET
						     ? below.ia_mtime
						     : current_time(inode)); /* or whoever writes back sets the old one */
	status = S_ISREG(inode->i_mode) && below.ia_valid & ATTR_SIZE ? set_size(dentry, &below) : set_attributes(dentry, &below);
	if (status && below.ia_valid & ATTR_MTIME)
		inode_set_mtime_to_ts(inode, modified);
	okb_fs_copy_attributes(inode);
	if (!status && below.ia_valid & ATTR_MTIME && !(below.ia_valid & ATTR_SIZE && okb_fs_cut(inode)))
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	return status;
}

/* The lower decides whether it keeps the time, and not whether it is due: the clone of its mount says neither noatime nor relatime. */
static int touch_lower(struct inode *inode)
{
	struct path path = {.mnt = okb_fs_super(inode->i_sb)->lower, .dentry = d_find_any_alias(okb_fs_lower_inode(inode))};
	const struct cred *caller;

	if (!path.dentry)
		return 0;
	caller = okb_fs_enter(inode->i_sb);
	touch_atime(&path);
	revert_creds(caller);
	dput(path.dentry);
	fsstack_copy_attr_atime(inode, okb_fs_lower_inode(inode));
	return 0;
}

int okb_fs_update_time(struct inode *inode, ORIEL_UPDATE_TIME_PARAMETERS)
{
	struct inode *lower = okb_fs_lower_inode(inode);
	const struct cred *caller;
	int status;

	if (ORIEL_UPDATES_ATIME)
		return touch_lower(inode);
	if (S_ISREG(inode->i_mode))
		return min(generic_update_time(inode, ORIEL_UPDATE_TIME_ARGUMENTS), 0); /* some kernels tell what they have set */
	/* Somebody writes to a FIFO. */
	status = okb_fs_begin_change(inode->i_sb, &caller);
	if (status)
		return status;
	if (lower->i_op->update_time)
		status = lower->i_op->update_time(lower, ORIEL_UPDATE_TIME_ARGUMENTS);
	else
		status = generic_update_time(lower, ORIEL_UPDATE_TIME_ARGUMENTS);
	okb_fs_end_change(inode->i_sb, caller);
	fsstack_copy_attr_times(inode, lower);
	return min(status, 0);
}

#define EXTENTS_FAULTED_AT_ONCE 1024

/* Whether there is memory now for some of the extents that had no room. */
static bool fault_in_extents(const struct fiemap_extent_info *info)
{
	size_t count = min(info->fi_extents_max, info->fi_extents_mapped + EXTENTS_FAULTED_AT_ONCE) - info->fi_extents_mapped;
	size_t size = count * sizeof(struct fiemap_extent);

	return fault_in_writeable((char __user *)(info->fi_extents_start + info->fi_extents_mapped), size) < size;
}

/* As reads are (io.c): no fault may happen below. */
int okb_fs_fiemap(struct inode *inode, struct fiemap_extent_info *info, u64 start, u64 length)
{
	struct inode *lower = okb_fs_lower_inode(inode);
	const struct fiemap_extent_info before = *info;
	unsigned int most = 0, tries = 0;
	const struct cred *caller;
	int status;

	if (okb_fs_cut(inode))
		return okb_fs_fiemap_cut(inode, info, start, length);
	if (!lower->i_op->fiemap)
		return -EOPNOTSUPP;
	status = filemap_write_and_wait(inode->i_mapping); /* only the lower knows where it lies */
	while (!status) {
		*info = before;
		caller = okb_fs_enter(inode->i_sb);
		pagefault_disable();
		status = lower->i_op->fiemap(lower, info, start, length);
		pagefault_enable();
		revert_creds(caller);
		if (status != -EFAULT)
			break;
		tries = info->fi_extents_mapped > most ? 0 : tries + 1;
		most = max(most, info->fi_extents_mapped);
		if (tries < 3 && info->fi_extents_mapped < info->fi_extents_max && fault_in_extents(info))
			status = 0;
	}
	return status;
}

int okb_fs_get_fileattr(struct dentry *dentry, struct file_kattr *attributes)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	int status = vfs_fileattr_get(okb_fs_lower_dentry(dentry), attributes);

	revert_creds(caller);
	return status == -ENOIOCTLCMD ? -ENOTTY : status;
}

/* Nothing is written to the lower file later, which might not allow it then, or take something for it. */
static int settle_cut(struct inode *inode)
{
	if (!S_ISREG(inode->i_mode) || !okb_fs_cut(inode))
		return 0;
	return filemap_write_and_wait(inode->i_mapping) ?: okb_fs_sync_cut(inode, true);
}

int okb_fs_set_fileattr(struct mnt_idmap *idmap, struct dentry *dentry, struct file_kattr *attributes)
{
	struct super_block *sb = dentry->d_sb;
	const struct cred *caller;
	int status;

	okb_fs_refresh(d_inode(dentry));
	if (!inode_owner_or_capable(idmap, d_inode(dentry)))
		return -EPERM;
	status = settle_cut(d_inode(dentry));
	if (status)
		return status;
	status = okb_fs_begin_change(sb, &caller);
	if (status)
		return status;
	status = vfs_fileattr_set(okb_fs_lower_idmap(sb), okb_fs_lower_dentry(dentry), attributes);
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(d_inode(dentry));
	return status;
}

static ssize_t list_lower(struct dentry *dentry, char *list, size_t size)
{
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	ssize_t length = vfs_listxattr(okb_fs_lower_dentry(dentry), list, size);

	revert_creds(caller);
	return length;
}

/* Return: the length of what is left. */
static size_t without_trusted(char *list, size_t length)
{
	char *from = list, *to = list, *end = list + length;

	while (from < end) {
		size_t step = strnlen(from, end - from - 1) + 1;

		if (!strncmp(from, XATTR_TRUSTED_PREFIX, XATTR_TRUSTED_PREFIX_LEN)) {
			from += step;
			continue;
		}
		memmove(to, from, step);
		from += step;
		to += step;
	}
	return to - list;
}

/* The names trusted.* are told to whoever may read them, which the lower asks the mounter. */
ssize_t okb_fs_listxattr(struct dentry *dentry, char *list, size_t size)
{
	ssize_t length;
	char *all;

	if (ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN))
		return list_lower(dentry, list, size);
	all = kvmalloc(XATTR_LIST_MAX, GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	length = list_lower(dentry, all, XATTR_LIST_MAX);
	if (length > 0)
		length = without_trusted(all, length);
	if (length > 0 && size) {
		if ((size_t)length > size)
			length = -ERANGE;
		else
			memcpy(list, all, length);
	}
	kvfree(all);
	return length;
}

static int get_xattr(const struct xattr_handler *handler, struct dentry *dentry, struct inode *inode, const char *name, void *value,
		     size_t size)
{
	const struct cred *caller;
	ssize_t length;

	if (!strcmp(name, OKB_FS_NOTE))
		return -ENODATA;
	caller = okb_fs_enter(dentry->d_sb);
	length = vfs_getxattr(okb_fs_lower_idmap(dentry->d_sb), okb_fs_lower_dentry(dentry), name, value, size);
	revert_creds(caller);
	return length;
}

static int set_xattr(const struct xattr_handler *handler, struct mnt_idmap *idmap, struct dentry *dentry, struct inode *inode,
		     const char *name, const void *value, size_t size, int flags)
{
	struct super_block *sb = dentry->d_sb;
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	const struct cred *caller;
	int status;

	if (!strcmp(name, OKB_FS_NOTE))
		return -EPERM;
	if (!strcmp(name, XATTR_NAME_CAPS)) {
		status = settle_cut(inode);
		if (status)
			return status;
	}
	okb_fs_refresh(inode);
	/* Of these, some kernels leave it to the file system who may: and the lower asks the mounter. */
	if (!strncmp(name, XATTR_SYSTEM_PREFIX, XATTR_SYSTEM_PREFIX_LEN) && !inode_owner_or_capable(idmap, inode))
		return -EPERM;
	status = strcmp(name, XATTR_NAME_POSIX_ACL_ACCESS) ? 0 : okb_fs_remove_sgid(idmap, dentry);
	if (!status)
		status = okb_fs_begin_change(sb, &caller);
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
