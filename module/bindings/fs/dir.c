// SPDX-License-Identifier: GPL-2.0
/* Directories: names are looked up, made, moved and removed in the lower one. */
#include <linux/fs_stack.h>
#include <linux/module.h>
#include <linux/posix_acl.h>
#include <linux/xattr.h>

#include "bindings/fs/okb_fs.h"
#include "compat/namei.h"

/* ---- dentries ---- */

#define NEVER_SEEN (~0ul) /* no sequence number is so large */

static int init_dentry(struct dentry *dentry)
{
	dentry->d_time = NEVER_SEEN;
	return 0;
}

static void release_dentry(struct dentry *dentry)
{
	dput(okb_fs_lower_dentry(dentry));
}

/*
 * Whether the lower entry has the name and the place of ours: it may have been renamed behind our back.  `d_time` is its sequence number when it
 * had; that changes with its name and place.  When ours is renamed, it has been before.  Context: any, RCU as well.
 */
static bool is_in_place(struct dentry *dentry)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry), *parent;
	bool same;

	if (READ_ONCE(dentry->d_time) == raw_read_seqcount(&lower->d_seq))
		return true;
	spin_lock(&dentry->d_lock);
	parent = okb_fs_lower_dentry(dentry->d_parent);
	spin_lock_nested(&lower->d_lock, DENTRY_D_LOCK_NESTED);
	same = !d_unhashed(lower) && lower->d_parent == parent && d_same_name(lower, parent, &dentry->d_name);
	WRITE_ONCE(dentry->d_time, same ? raw_read_seqcount(&lower->d_seq) : NEVER_SEEN);
	spin_unlock(&lower->d_lock);
	spin_unlock(&dentry->d_lock);
	return same;
}

/* Whether the lower still has the entry, or still lacks it; else it is looked up again. */
static int is_current(struct dentry *dentry, unsigned int flags)
{
	struct dentry *lower = okb_fs_lower_dentry(dentry);
	struct inode *inode = d_inode_rcu(dentry), *lower_inode = lower ? d_inode_rcu(lower) : NULL, *dir;

	if (inode && okb_fs_cut(inode) && READ_ONCE(okb_fs_inode(inode)->stale))
		return 0; /* whoever looks it up anew reads its map anew */
	if (!lower || (inode ? lower_inode != okb_fs_lower_inode(inode) : !!lower_inode))
		return 0;
	dir = d_inode_rcu(READ_ONCE(dentry->d_parent));
	/* While a directory is locked it may be we who rename.  Whoever removes or renames looks again, and comes back with LOOKUP_REVAL. */
	if (!dir || (!IS_ROOT(dentry) && !is_in_place(dentry) && (flags & LOOKUP_REVAL || !inode_is_locked(dir))))
		return 0;
	if (inode && !okb_fs_is_fresh(inode)) {
		if (flags & LOOKUP_RCU)
			return -ECHILD;
		okb_fs_refresh(inode);
	}
	return 1;
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
	.d_init = init_dentry,
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
	if (!IS_ERR_OR_NULL(inode)) {
		struct path path = okb_fs_lower_path(dentry);

		okb_fs_judge(inode, &path); /* for its size; what is wrong about the file, whoever opens it is told */
	}
	return d_splice_alias(inode, dentry); /* also hands on an error */
}

/* ---- what changes a directory ---- */

/* The mounter's credentials, but whoever makes something owns it. */
static const struct cred *enter_as_owner(struct super_block *sb, struct cred **made)
{
	const struct cred *caller = okb_fs_enter(sb);

	*made = prepare_creds();
	revert_creds(caller);
	if (!*made)
		return NULL;
	(*made)->fsuid = current_fsuid();
	(*made)->fsgid = current_fsgid();
	return override_creds(*made);
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

static int create(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode ORIEL_CREATE_EXCLUSIVE)
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
	lower = kernel_tmpfile_open(okb_fs_lower_idmap(sb), &parent, mode, file->f_flags | O_NOATIME | O_LARGEFILE, current_cred());
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
	okb_fs_inode(inode)->judged = true;
	dentry->d_fsdata = dget(lower->f_path.dentry);
	set_nlink(inode, 1); /* d_tmpfile() takes it away */
	d_tmpfile(file, inode);
	okb_fs_set_lower_file(file, lower);
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
	if (!is_in_place(dentry))
		status = -ESTALE;
	else if (is_dir)
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
	okb_fs_begin_own_change(d_inode(dentry)); /* FAT sets the time of what is removed */
	status = remove_lower(dentry, is_dir);
	okb_fs_end_own_change(d_inode(dentry));
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
	struct dentry *from = okb_fs_lower_dentry(old->d_parent), *to = okb_fs_lower_dentry(new->d_parent);
	struct renamedata rename;
	const struct cred *caller;
	int status = okb_fs_begin_change(sb, &caller);

	if (status)
		return status;
	status = oriel_start_renaming(&rename, okb_fs_lower_idmap(sb), from, okb_fs_lower_dentry(old), to, okb_fs_lower_dentry(new), flags);
	if (!status) {
		status = is_in_place(old) && is_in_place(new) ? vfs_rename(&rename) : -ESTALE;
		oriel_end_renaming(&rename, from, to);
	}
	okb_fs_end_change(sb, caller);
	okb_fs_copy_attributes(old_dir);
	okb_fs_copy_attributes(new_dir);
	okb_fs_copy_attributes(d_inode(old));
	if (d_is_positive(new))
		okb_fs_copy_attributes(d_inode(new));
	return status;
}

/* ---- reading a directory ---- */

struct numbering {
	struct dir_context context;
	struct dir_context *caller;
	const struct inode *dir;
};

static bool number_entry(struct dir_context *context, const char *name, int length, loff_t at, u64 number, unsigned int type)
{
	struct numbering *numbering = container_of(context, struct numbering, context);

	numbering->caller->pos = context->pos;
	return numbering->caller->actor(numbering->caller, name, length, at, okb_fs_number_of_entry(numbering->dir, number), type);
}

static int iterate_numbered(struct file *lower, struct inode *dir, struct dir_context *caller)
{
	struct numbering numbering = {.context = {.actor = number_entry, .pos = caller->pos}, .caller = caller, .dir = dir};
	int status;

	status = iterate_dir(lower, &numbering.context);
	caller->pos = numbering.context.pos;
	return status;
}

static int iterate(struct file *file, struct dir_context *context)
{
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status;

	lower->f_pos = context->pos;
	if (okb_fs_super(file_inode(file)->i_sb)->devices)
		status = iterate_numbered(lower, file_inode(file), context);
	else
		status = iterate_dir(lower, context);
	revert_creds(caller);
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
	.update_time = okb_fs_update_time,
	.fiemap = okb_fs_fiemap,
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
