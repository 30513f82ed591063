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
	/* mode.c: */
	struct rw_semaphore mode;
	atomic_t users;      /* 0: identity, else cached */
	struct file *reader; /* the lower file, for pages; under `mode`, and while there are users */
	struct file *writer; /* the same; NULL until somebody may write */
	struct inode vfs;
};

/* What is open: file->private_data. */
struct okb_fs_file {
	struct file *lower;
	bool maps; /* is a user of the inode's pages until it is closed; under the inode's `mode` */
};

static inline struct okb_fs_inode *okb_fs_inode(struct inode *inode)
{
	return container_of(inode, struct okb_fs_inode, vfs);
}

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
	return ((struct okb_fs_file *)file->private_data)->lower;
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

/* The same for a change below, which also needs the lower to be writable and not frozen.  Return: 0, and okb_fs_end_change() has to follow. */
static inline int okb_fs_begin_change(const struct super_block *sb, const struct cred **caller)
{
	int status = mnt_want_write(okb_fs_super(sb)->lower);

	if (!status)
		*caller = okb_fs_enter(sb);
	return status;
}

static inline void okb_fs_end_change(const struct super_block *sb, const struct cred *caller)
{
	revert_creds(caller);
	mnt_drop_write(okb_fs_super(sb)->lower);
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

/* mode.c */
/*
 * True: identity mode, and it stays until okb_fs_end_passage(); no page fault may happen meanwhile.  False: cached mode, and the caller is a
 * user of the pages until okb_fs_drop_pages().
 */
bool okb_fs_begin_passage(struct inode *inode);
void okb_fs_end_passage(struct inode *inode);
/* Makes the open file a user until it is closed.  Context: may sleep, also under mmap_lock. */
int okb_fs_want_pages(struct file *file, bool writes);
/* A user may make pages dirty after this. */
int okb_fs_want_writer(struct file *file);
/* The last user writes back and gives up the pages.  Context: may sleep, not under mmap_lock. */
void okb_fs_drop_pages(struct inode *inode);

/* pages.c; all for users of the pages, with the inode locked */
extern const struct address_space_operations okb_fs_address_space_operations;
int okb_fs_mmap(struct file *file, struct vm_area_struct *vma);
/* Around a change of the lower's size.  The second one always follows, with what became of it. */
int okb_fs_prepare_size(struct inode *inode, loff_t size);
void okb_fs_set_size(struct inode *inode, loff_t size, int status);
/* What is dirty in the range (`end`: its last byte) is written to the lower, and the pages go.  0: with the invalidate lock held. */
int okb_fs_forget_range(struct inode *inode, loff_t start, loff_t end);

/* io.c */
ssize_t okb_fs_read_iter(struct kiocb *request, struct iov_iter *to);
ssize_t okb_fs_write_iter(struct kiocb *request, struct iov_iter *from);

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
/* For a file that is being opened.  Takes the lower file over, also on failure. */
int okb_fs_set_lower_file(struct file *file, struct file *lower);
int okb_fs_release(struct inode *inode, struct file *file);
int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data);

#endif
