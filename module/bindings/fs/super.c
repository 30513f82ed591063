// SPDX-License-Identifier: GPL-2.0
/* Mounting, and what concerns the whole file system. */
#include <linux/fs_parser.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/xattr.h>

#include "bindings/fs/okb_fs.h"
#include "compat/freeze.h"

#define OKB_FS_MAGIC 0x4f52494c /* "ORIL" */

/* What writeback below could not write, syncfs(2) tells each descriptor of ours once. */
static void take_error(struct super_block *sb)
{
	struct okb_fs_super *super = okb_fs_super(sb);
	int status;

	spin_lock(&super->lower_error_lock);
	status = errseq_check_and_advance(&super->lower->mnt_sb->s_wb_err, &super->lower_error);
	spin_unlock(&super->lower_error_lock);
	if (status)
		errseq_set(&sb->s_wb_err, status);
}

static int sync_fs(struct super_block *sb, int wait)
{
	struct super_block *lower = okb_fs_super(sb)->lower->mnt_sb;
	int status;

	/* The lower's own writeback runs without us. */
	if (!wait)
		return 0;
	down_read(&lower->s_umount);
	status = sync_filesystem(lower);
	up_read(&lower->s_umount);
	take_error(sb);
	return status;
}

/*
 * Ours first, as that writes to the lower.  The order of locks is that of sync_fs(), and no lock is held from the one to the other.  A lower
 * that somebody else has frozen says EBUSY, and one that somebody else thawed meanwhile is left alone.
 */
static int thaw(ORIEL_FREEZE_PARAMETERS)
{
	struct super_block *lower = okb_fs_super(sb)->lower->mnt_sb;
	int status = thaw_super(ORIEL_FREEZE_ARGUMENTS(sb));

	if (!status && lower->s_op->thaw_super)
		lower->s_op->thaw_super(ORIEL_FREEZE_ARGUMENTS(lower));
	else if (!status)
		thaw_super(ORIEL_FREEZE_ARGUMENTS(lower));
	return status;
}

static int freeze(ORIEL_FREEZE_PARAMETERS)
{
	struct super_block *lower = okb_fs_super(sb)->lower->mnt_sb;
	int status = freeze_super(ORIEL_FREEZE_ARGUMENTS(sb));

	if (status)
		return status;
	if (lower->s_op->freeze_super)
		status = lower->s_op->freeze_super(ORIEL_FREEZE_ARGUMENTS(lower));
	else
		status = freeze_super(ORIEL_FREEZE_ARGUMENTS(lower));
	if (status)
		thaw_super(ORIEL_FREEZE_ARGUMENTS(sb));
	return status;
}

static int statfs(struct dentry *dentry, struct kstatfs *stat)
{
	struct path lower = okb_fs_lower_path(dentry);
	const struct cred *caller = okb_fs_enter(dentry->d_sb);
	int status = vfs_statfs(&lower, stat);

	/* Also its type: by that libc and others know what files may be there, links for one. */
	revert_creds(caller);
	return status;
}

static void put_super(struct super_block *sb)
{
	struct okb_fs_super *super = okb_fs_super(sb);

	okb_fs_remove_mount(sb);
	if (super->lower)
		kern_unmount(super->lower);
	put_cred(super->mounter);
	if (super->limited)
		put_cred(super->limited);
	free_percpu(super->counts);
	kfree(super->devices);
	kfree(super->source);
	kfree(super);
	sb->s_fs_info = NULL;
}

#define COMMON_OPERATIONS \
	.alloc_inode = okb_fs_alloc_inode, .free_inode = okb_fs_free_inode, .drop_inode = okb_fs_drop_inode, \
	.evict_inode = okb_fs_evict_inode, .write_inode = okb_fs_write_inode, .put_super = put_super, .sync_fs = sync_fs, .statfs = statfs

static const struct super_operations super_operations = {
	COMMON_OPERATIONS,
};

/* Over a lower that can be frozen. */
static const struct super_operations freezable_operations = {
	COMMON_OPERATIONS,
	.freeze_super = freeze,
	.thaw_super = thaw,
};

static int fill_root(struct super_block *sb, struct dentry *lower)
{
	struct inode *root = okb_fs_inode_of(sb, d_inode(lower));

	if (IS_ERR(root))
		return PTR_ERR(root);
	sb->s_root = d_make_root(root);
	if (!sb->s_root)
		return -ENOMEM;
	sb->s_root->d_fsdata = dget(lower);
	return 0;
}

static const struct cred *limit_current(void)
{
	struct cred *made = prepare_creds();

	if (made)
		cap_lower(made->cap_effective, CAP_SYS_RESOURCE);
	return made;
}

/* What fails is freed with the super block. */
static int make_super(struct super_block *sb, struct fs_context *fc)
{
	struct okb_fs_super *super = kzalloc(sizeof(*super), GFP_KERNEL);

	if (!super)
		return -ENOMEM;
	INIT_LIST_HEAD(&super->mounts);
	spin_lock_init(&super->lower_error_lock);
	sb->s_fs_info = super;
	super->mounter = get_cred(current_cred());
	super->limited = limit_current();
	super->source = kstrdup(fc->source, GFP_KERNEL);
	super->counts = alloc_percpu(struct okb_fs_counts);
	return super->limited && super->source && super->counts ? 0 : -ENOMEM;
}

/* Of the mount below, too, but for nosuid, for which a super block has no flag. */
static void take_limits(struct super_block *sb, const struct vfsmount *mount)
{
	const struct super_block *lower = mount->mnt_sb;

	sb->s_stack_depth = lower->s_stack_depth + 1;
	sb->s_maxbytes = lower->s_maxbytes;
	sb->s_time_gran = lower->s_time_gran;
	sb->s_time_min = lower->s_time_min;
	sb->s_time_max = lower->s_time_max;
	sb->s_blocksize = lower->s_blocksize;
	sb->s_blocksize_bits = lower->s_blocksize_bits;
	sb->s_flags |= lower->s_flags & SB_POSIXACL;
	sb->s_iflags |= lower->s_iflags & (SB_I_NODEV | SB_I_NOEXEC);
	sb->s_iflags |= mount->mnt_flags & MNT_NODEV ? SB_I_NODEV : 0;
	sb->s_iflags |= mount->mnt_flags & MNT_NOEXEC ? SB_I_NOEXEC : 0;
}

/* Takes over nothing of the path. */
static int fill_over(struct super_block *sb, struct fs_context *fc, const struct path *path)
{
	struct vfsmount *lower;
	int status;

	/* Both would have a map of the same file, and each would wait for the other's locks: Documentation/explanation/locking.md. */
	if (path->dentry->d_sb->s_type == &okb_fs_type) {
		errorfc(fc, "%s is on orielfs already, and there is one layer only; mount --bind shows it elsewhere", fc->source);
		return -EBUSY;
	}
	if (path->dentry->d_sb->s_stack_depth >= FILESYSTEM_MAX_STACK_DEPTH)
		return invalfc(fc, "%s cannot be stacked over: it is stacked itself as deep as the kernel allows, or will not have it",
			       fc->source);
	status = make_super(sb, fc);
	if (status)
		return status;
	lower = clone_private_mount(path);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	okb_fs_super(sb)->lower = lower;
	lower->mnt_flags &= ~(MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME); /* the mount above says whether times of access change */
	if (okb_fs_add_mount(sb, lower->mnt_root)) {
		errorfc(fc, "%s is mounted as orielfs already, or a directory above or below it is", fc->source);
		return -EBUSY;
	}
	sb->s_op = lower->mnt_sb->s_op->freeze_fs || lower->mnt_sb->s_op->freeze_super ? &freezable_operations : &super_operations;
	okb_fs_super(sb)->lower_error = errseq_sample(&lower->mnt_sb->s_wb_err);
	sb->s_xattr = (void *)okb_fs_xattr_handlers;
	sb->s_magic = OKB_FS_MAGIC;
	take_limits(sb, lower);
	if (__mnt_is_readonly(lower))
		sb->s_flags |= SB_RDONLY;
	status = okb_fs_start_numbers(okb_fs_super(sb));
	if (status)
		return status;
	return fill_root(sb, lower->mnt_root);
}

static int fill(struct super_block *sb, struct fs_context *fc)
{
	struct path lower;
	int status;

#ifdef ORIEL_HAVE_DEFAULT_D_OP
	set_default_d_op(sb, &okb_fs_dentry_operations);
#else
	sb->s_d_op = &okb_fs_dentry_operations;
#endif
	status = super_setup_bdi(sb);
	if (status)
		return status;
	status = kern_path(fc->source, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &lower);
	if (status)
		return status;
	status = fill_over(sb, fc, &lower);
	path_put(&lower);
	return status;
}

static int get_tree(struct fs_context *fc)
{
	if (!fc->source || !*fc->source)
		return invalfc(fc, "no directory to stack over was named");
	return get_tree_nodev(fc, fill);
}

static int reconfigure(struct fs_context *fc)
{
	struct super_block *sb = fc->root->d_sb;

	sync_filesystem(sb);
	if (sb_rdonly(sb) && !(fc->sb_flags & SB_RDONLY) && __mnt_is_readonly(okb_fs_super(sb)->lower))
		return -EROFS;
	return 0;
}

static const struct fs_context_operations context_operations = {
	.parse_param = vfs_parse_fs_param_source,
	.get_tree = get_tree,
	.reconfigure = reconfigure,
};

static int init_context(struct fs_context *fc)
{
	fc->ops = &context_operations;
	return 0;
}

/* Where mounting failed before there was a root, put_super() is not called. */
static void kill_super(struct super_block *sb)
{
	bool has_root = sb->s_root;

	kill_anon_super(sb);
	if (!has_root && sb->s_fs_info)
		put_super(sb);
}

struct file_system_type okb_fs_type = {
	.owner = THIS_MODULE,
	.name = "orielfs",
	.init_fs_context = init_context,
	.kill_sb = kill_super,
};
