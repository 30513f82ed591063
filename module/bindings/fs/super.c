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

#define OKB_FS_MAGIC 0x4f52494c /* "ORIL" */

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

	kern_unmount(super->lower);
	put_cred(super->mounter);
	kfree(super);
	sb->s_fs_info = NULL;
}

static const struct super_operations super_operations = {
	.alloc_inode = okb_fs_alloc_inode,
	.free_inode = okb_fs_free_inode,
	.evict_inode = okb_fs_evict_inode,
	.put_super = put_super,
	.sync_fs = sync_fs,
	.statfs = statfs,
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

/* Takes over nothing of the path. */
static int fill_over(struct super_block *sb, struct fs_context *fc, const struct path *lower)
{
	struct super_block *lower_sb = lower->dentry->d_sb;
	struct okb_fs_super *super;

	if (lower_sb->s_stack_depth >= FILESYSTEM_MAX_STACK_DEPTH)
		return invalf(fc, "%s is stacked already, as deep as the kernel allows", fc->source);
	super = kzalloc(sizeof(*super), GFP_KERNEL);
	if (!super)
		return -ENOMEM;
	super->lower = clone_private_mount(lower);
	if (IS_ERR(super->lower)) {
		int status = PTR_ERR(super->lower);

		kfree(super);
		return status;
	}
	super->lower->mnt_flags &= ~(MNT_NOATIME | MNT_RELATIME); /* whether times of access change, the mount above says */
	super->mounter = get_cred(current_cred());
	sb->s_fs_info = super;
	sb->s_op = &super_operations;
	sb->s_xattr = (void *)okb_fs_xattr_handlers;
	sb->s_magic = OKB_FS_MAGIC;
	sb->s_stack_depth = lower_sb->s_stack_depth + 1;
	sb->s_maxbytes = lower_sb->s_maxbytes;
	sb->s_time_gran = lower_sb->s_time_gran;
	sb->s_time_min = lower_sb->s_time_min;
	sb->s_time_max = lower_sb->s_time_max;
	sb->s_blocksize = lower_sb->s_blocksize;
	sb->s_blocksize_bits = lower_sb->s_blocksize_bits;
	sb->s_flags |= lower_sb->s_flags & SB_POSIXACL;
	if (__mnt_is_readonly(super->lower))
		sb->s_flags |= SB_RDONLY;
	return fill_root(sb, lower->dentry);
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
		return invalf(fc, "no directory to stack over was named");
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
