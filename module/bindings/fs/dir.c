// SPDX-License-Identifier: GPL-2.0
/* Directories: names are looked up, made, moved and removed in the lower one. */
#include <linux/fs_stack.h>
#include <linux/module.h>
#include <linux/posix_acl.h>
#include <linux/xattr.h>

#include "bindings/fs/okb_fs.h"
#include "compat/namei.h"

/* ---- dentries ---- */

static void release_dentry(struct dentry *dentry)
{
	dput(okb_fs_lower_dentry(dentry));
}

/* Whether the lower still has the entry, or still lacks it; else it is looked up again. */
static int is_current(struct dentry *dentry, unsigned int flags)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	struct inode *inode = d_inode_rcu(dentry), *lower_inode = lower ? d_inode_rcu(lower) : NULL;

	if (!lower)
		return 0;
	if (!inode)
		return !lower_inode && !d_unhashed(lower);
	return lower_inode == okb_fs_lower_inode(inode) && (IS_ROOT(dentry) || !d_unhashed(lower));
}

#ifdef ORIEL_HAVE_REVALIDATE_NAME
static int revalidate(struct inode *dir, const struct qstr *name, struct dentry *dentry, unsigned int flags)
{
	return is_current(dentry, flags);
}
#else
static int revalidate(struct dentry *dentry, unsigned int flags)
{
	return is_current(dentry, flags);
}
#endif

const struct dentry_operations okb_fs_dentry_operations = {
	.d_release = release_dentry,
	.d_revalidate = revalidate,
};

static struct dentry *lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct cred *caller = okb_fs_enter(dir->i_sb);
	struct qstr name = dentry->d_name; /* is hashed again, for the lower */
	struct dentry *lower = lookup_noperm_unlocked(&name, okb_fs_lower_dentry(dentry->d_parent));
	struct inode *inode = NULL;

	revert_creds(caller);
	if (IS_ERR(lower))
		return lower;
	dentry->d_fsdata = lower;
	if (d_is_positive(lower))
		inode = okb_fs_inode_of(dir->i_sb, d_inode(lower));
	return d_splice_alias(inode, dentry); /* also hands on an error */
}

/* ---- what changes a directory ---- */

/* The mounter's credentials, but whoever makes something owns it. */
static const struct cred *enter_as_owner(struct super_block *sb, struct cred **made)
{
	const struct cred *caller = okb_fs_enter(sb);

	*made = prepare_creds();
	if (!*made) {
		revert_creds(caller);
		return NULL;
	}
	(*made)->fsuid = caller->fsuid;
	(*made)->fsgid = caller->fsgid;
	override_creds(*made);
	return caller;
}

static void leave_as_owner(const struct cred *caller, struct cred *made)
{
	revert_creds(caller);
	put_cred(made);
}

/* What a system call wants to be made. */
struct making {
	umode_t mode;       /* with the type */
	dev_t device;       /* of a device file */
	const char *target; /* of a symbolic link */
	struct dentry *old; /* the lower one that a hard link is made of */
};

static int make_locked(struct mnt_idmap *idmap, struct dentry *parent, struct dentry *child, const struct making *what)
{
	struct inode *dir = d_inode(parent);

	if (what->old)
		return vfs_link(what->old, idmap, dir, child, NULL);
	if (what->target)
		return vfs_symlink(idmap, dir, child, what->target, NULL);
	if (S_ISREG(what->mode))
		return vfs_create(idmap, child, what->mode, NULL);
	return vfs_mknod(idmap, dir, child, what->mode, what->device, NULL);
}

static int make_lower(struct dentry *dentry, const struct making *what)
{
	struct dentry *parent = okb_fs_lower_dentry(dentry->d_parent);
	struct mnt_idmap *idmap = okb_fs_lower_idmap(dentry->d_sb);
	struct dentry *child = start_creating_dentry(parent, okb_fs_lower_dentry(dentry));
	int status;

	if (IS_ERR(child))
		return PTR_ERR(child);
	if (S_ISDIR(what->mode)) {
		struct dentry *made = vfs_mkdir(idmap, d_inode(parent), child, what->mode, NULL);

		if (!IS_ERR(made) && made != okb_fs_lower_dentry(dentry)) {
			dput(okb_fs_lower_dentry(dentry));
			dentry->d_fsdata = dget(made);
		}
		end_creating(made);
		return PTR_ERR_OR_ZERO(made);
	}
	status = make_locked(idmap, parent, child, what);
	end_creating(child);
	return status;
}

/* Some file systems leave the dentry negative. */
static int instantiate(struct inode *dir, struct dentry *dentry)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	struct inode *inode;

	okb_fs_copy_attributes(dir);
	if (d_is_negative(lower)) {
		d_drop(dentry);
		return 0;
	}
	inode = okb_fs_inode_of(dir->i_sb, d_inode(lower));
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	okb_fs_copy_attributes(inode); /* a hard link more */
	d_instantiate(dentry, inode);
	return 0;
}

static int make(struct inode *dir, struct dentry *dentry, const struct making *what)
{
	struct vfsmount *lower = okb_fs_super(dir->i_sb)->lower;
	const struct cred *caller;
	struct cred *made;
	int status = mnt_want_write(lower);

	if (status)
		return status;
	caller = enter_as_owner(dir->i_sb, &made);
	status = -ENOMEM;
	if (caller) {
		status = make_lower(dentry, what);
		leave_as_owner(caller, made);
	}
	mnt_drop_write(lower);
	return status ?: instantiate(dir, dentry);
}

static int create(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, bool exclusive)
{
	return make(dir, dentry, &(struct making){.mode = (mode & ~S_IFMT) | S_IFREG});
}

static int make_node(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, dev_t device)
{
	return make(dir, dentry, &(struct making){.mode = mode, .device = device});
}

static int make_symlink(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, const char *target)
{
	return make(dir, dentry, &(struct making){.mode = S_IFLNK, .target = target});
}

static int make_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	return make(dir, dentry, &(struct making){.mode = d_inode(old)->i_mode & S_IFMT, .old = okb_fs_lower_dentry(old)});
}

#ifdef ORIEL_HAVE_START_CREATING
static struct dentry *make_dir(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ERR_PTR(make(dir, dentry, &(struct making){.mode = (mode & ~S_IFMT) | S_IFDIR}));
}
#else
static int make_dir(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return make(dir, dentry, &(struct making){.mode = (mode & ~S_IFMT) | S_IFDIR});
}
#endif

static struct file *open_unnamed(struct file *file, umode_t mode)
{
	struct super_block *sb = file->f_path.dentry->d_sb;
	struct path parent = okb_fs_lower_path(file->f_path.dentry->d_parent);
	struct cred *made;
	const struct cred *caller = enter_as_owner(sb, &made);
	struct file *lower;

	if (!caller)
		return ERR_PTR(-ENOMEM);
	lower = kernel_tmpfile_open(okb_fs_lower_idmap(sb), &parent, mode, file->f_flags | O_LARGEFILE, current_cred());
	leave_as_owner(caller, made);
	return lower;
}

/* O_TMPFILE: the dentry is a new one without a name. */
static int make_unnamed(struct mnt_idmap *idmap, struct inode *dir, struct file *file, umode_t mode)
{
	struct dentry *dentry = file->f_path.dentry;
	struct vfsmount *mount = okb_fs_super(dir->i_sb)->lower;
	struct inode *inode;
	struct file *lower;
	int status = mnt_want_write(mount);

	if (status)
		return status;
	lower = open_unnamed(file, mode);
	mnt_drop_write(mount);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	inode = okb_fs_inode_of(dir->i_sb, file_inode(lower));
	if (IS_ERR(inode)) {
		fput(lower);
		return PTR_ERR(inode);
	}
	dentry->d_fsdata = dget(lower->f_path.dentry);
	set_nlink(inode, 1); /* d_tmpfile() takes it away */
	d_tmpfile(file, inode);
	status = okb_fs_set_lower_file(file, lower);
	if (status)
		return status;
	status = finish_open_simple(file, 0);
	if (status && !(file->f_mode & FMODE_OPENED))
		okb_fs_release(inode, file);
	return status;
}

static int remove_lower(struct dentry *dentry, bool is_dir)
{
	struct dentry *parent = okb_fs_lower_dentry(dentry->d_parent);
	struct mnt_idmap *idmap = okb_fs_lower_idmap(dentry->d_sb);
	struct dentry *child = start_removing_dentry(parent, okb_fs_lower_dentry(dentry));
	int status;

	if (IS_ERR(child))
		return PTR_ERR(child);
	if (is_dir)
		status = vfs_rmdir(idmap, d_inode(parent), child, NULL);
	else
		status = vfs_unlink(idmap, d_inode(parent), child, NULL);
	end_removing(child);
	return status;
}

static int remove(struct inode *dir, struct dentry *dentry, bool is_dir)
{
	const struct cred *caller;
	int status = okb_fs_begin_change(dir->i_sb, &caller);

	if (status)
		return status;
	status = remove_lower(dentry, is_dir);
	okb_fs_end_change(dir->i_sb, caller);
	okb_fs_copy_attributes(dir);
	okb_fs_copy_attributes(d_inode(dentry));
	if (!status)
		d_drop(dentry); /* its lower dentry went out of the lower's cache as well */
	return status;
}

static int unlink(struct inode *dir, struct dentry *dentry)
{
	return remove(dir, dentry, false);
}

static int remove_dir(struct inode *dir, struct dentry *dentry)
{
	return remove(dir, dentry, true);
}

static int rename_entry(struct mnt_idmap *idmap, struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new,
			unsigned int flags)
{
	struct super_block *sb = old_dir->i_sb;
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	status = oriel_rename(okb_fs_lower_idmap(sb), okb_fs_lower_dentry(old->d_parent), okb_fs_lower_dentry(old),
			      okb_fs_lower_dentry(new->d_parent), okb_fs_lower_dentry(new), flags);
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(old_dir);
	okb_fs_copy_attributes(new_dir);
	okb_fs_copy_attributes(d_inode(old));
	if (d_is_positive(new))
		okb_fs_copy_attributes(d_inode(new));
	return status;
}

/* ---- reading a directory ---- */

static int iterate(struct file *file, struct dir_context *context)
{
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status;

	lower->f_pos = context->pos;
	status = iterate_dir(lower, context);
	revert_creds(caller);
	fsstack_copy_attr_atime(file_inode(file), file_inode(lower));
	return status;
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
	struct file *lower = okb_fs_lower_file(file);
	loff_t at;

	inode_lock(file_inode(file));
	lower->f_pos = file->f_pos;
	at = vfs_llseek(lower, offset, whence);
	if (at >= 0)
		file->f_pos = at;
	inode_unlock(file_inode(file));
	return at;
}

const struct inode_operations okb_fs_dir_inode_operations = {
	.lookup = lookup,
	.create = create,
	.mknod = make_node,
	.symlink = make_symlink,
	.link = make_link,
	.mkdir = make_dir,
	.unlink = unlink,
	.rmdir = remove_dir,
	.rename = rename_entry,
	.tmpfile = make_unnamed,
	OKB_FS_ACL_OPERATIONS,
	.fileattr_get = okb_fs_get_fileattr,
	.fileattr_set = okb_fs_set_fileattr,
	.permission = okb_fs_permission,
	.getattr = okb_fs_getattr,
	.setattr = okb_fs_setattr,
	.listxattr = okb_fs_listxattr,
};

const struct file_operations okb_fs_dir_operations = {
	.owner = THIS_MODULE,
	.open = okb_fs_open,
	.release = okb_fs_release,
	.iterate_shared = iterate,
	.read = generic_read_dir,
	.llseek = seek,
	.fsync = okb_fs_fsync,
};
