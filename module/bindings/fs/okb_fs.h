/* SPDX-License-Identifier: GPL-2.0 */
/*
 * orielfs.ko: a file system stacked over a directory.  Private to this folder, grouped by file.
 *
 * The caller's permissions are checked above, on inodes of ours that mirror those of the lower; below, everything is done with the
 * credentials of whoever mounted (okb_fs_enter()).  Each of our dentries holds the lower one in d_fsdata, each of our inodes a reference to
 * the lower inode, each of our open files an open lower file.  Locks nest from above to below, as the VFS takes them: our directory's
 * inode, the lower's superblock against freezing, the lower directory's inode.
 */
#ifndef ORIEL_OKB_FS_H
#define ORIEL_OKB_FS_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/mount.h>

#include "compat/fileattr.h"
#include "compat/idmap.h"

struct okb_fs_super {
	struct vfsmount *lower; /* a private clone: what happens to the mount it was taken from does not reach it */
	const struct cred *mounter;
};

struct okb_fs_inode {
	struct inode *lower; /* a reference; does not change while the inode lives */
	struct inode vfs;
};

static inline struct okb_fs_super *okb_fs_super(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct inode *okb_fs_lower_inode(const struct inode *inode)
{
	return container_of(inode, struct okb_fs_inode, vfs)->lower;
}

static inline struct dentry *okb_fs_lower_dentry(const struct dentry *dentry)
{
	return dentry->d_fsdata;
}

static inline struct path okb_fs_lower_path(const struct dentry *dentry)
{
	return (struct path){.mnt = okb_fs_super(dentry->d_sb)->lower, .dentry = okb_fs_lower_dentry(dentry)};
}

static inline struct file *okb_fs_lower_file(const struct file *file)
{
	return file->private_data;
}

static inline struct mnt_idmap *okb_fs_lower_idmap(const struct super_block *sb)
{
	return oriel_idmap_of(okb_fs_super(sb)->lower);
}

/* The mounter's credentials until revert_creds() of what it returns. */
static inline const struct cred *okb_fs_enter(const struct super_block *sb)
{
	return override_creds(okb_fs_super(sb)->mounter);
}

/* super.c */
extern struct file_system_type okb_fs_type;

/* inode.c */
int okb_fs_inode_start(void);
void okb_fs_inode_stop(void); /* waits for inodes that RCU still holds */
struct inode *okb_fs_alloc_inode(struct super_block *sb);
void okb_fs_free_inode(struct inode *inode);
void okb_fs_evict_inode(struct inode *inode);
/* Ours for a lower inode: there is one of each.  Return: a reference, or an error. */
struct inode *okb_fs_inode_of(struct super_block *sb, struct inode *lower);
/* Owner, mode, times, size and links, as the lower has them now. */
void okb_fs_copy_attributes(struct inode *inode);
int okb_fs_permission(struct mnt_idmap *idmap, struct inode *inode, int mask);
int okb_fs_getattr(struct mnt_idmap *idmap, const struct path *path, struct kstat *stat, u32 wanted, unsigned int flags);
int okb_fs_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *changes);
int okb_fs_get_fileattr(struct dentry *dentry, struct file_kattr *attributes);
int okb_fs_set_fileattr(struct mnt_idmap *idmap, struct dentry *dentry, struct file_kattr *attributes);
ssize_t okb_fs_listxattr(struct dentry *dentry, char *list, size_t size);
extern const struct xattr_handler *const okb_fs_xattr_handlers[];

/* dir.c */
extern const struct inode_operations okb_fs_dir_inode_operations;
extern const struct file_operations okb_fs_dir_operations;
extern const struct dentry_operations okb_fs_dentry_operations;

/* acl.c */
struct posix_acl *okb_fs_inode_acl(struct inode *inode, int type, bool rcu);
#ifdef ORIEL_HAVE_VFS_ACL
struct posix_acl *okb_fs_get_acl(struct mnt_idmap *idmap, struct dentry *dentry, int type);
int okb_fs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry, struct posix_acl *acl, int type);
/* Among the operations of inodes that have ACLs; before, they are set as extended attributes. */
#define OKB_FS_ACL_OPERATIONS .get_inode_acl = okb_fs_inode_acl, .get_acl = okb_fs_get_acl, .set_acl = okb_fs_set_acl
#else
#define OKB_FS_ACL_OPERATIONS .get_acl = okb_fs_inode_acl
#endif

/* copy.c */
ssize_t okb_fs_copy(struct file *from, loff_t from_at, struct file *to, loff_t to_at, size_t length, unsigned int flags);
loff_t okb_fs_remap(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags);

/* file.c */
extern const struct inode_operations okb_fs_file_inode_operations;
extern const struct inode_operations okb_fs_symlink_inode_operations;
extern const struct file_operations okb_fs_file_operations;
int okb_fs_open(struct inode *inode, struct file *file);
int okb_fs_release(struct inode *inode, struct file *file);
int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data);

#endif
