// SPDX-License-Identifier: GPL-2.0
/* Files, but for how they are read and written (io.c), and their pages (pages.c). */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include <linux/falloc.h> /* wants types of the others */

#include "bindings/fs/okb_fs.h"
#include "compat/filelock.h"
#include "compat/splice.h"

int okb_fs_set_lower_file(struct file *file, struct file *lower)
{
	struct okb_fs_file *opened = kmalloc(sizeof(*opened), GFP_KERNEL);

	if (!opened) {
		fput(lower);
		return -ENOMEM;
	}
	opened->lower = lower;
	opened->maps = false;
	file->private_data = opened;
	file->f_mode |= lower->f_mode & FMODE_CAN_ODIRECT;
	return 0;
}

int okb_fs_open(struct inode *inode, struct file *file)
{
	struct path path = okb_fs_lower_path(file->f_path.dentry);
	const struct cred *caller;
	struct file *lower;

	if (file->private_data)
		return 0; /* without a name: it was made open */
	caller = okb_fs_enter(inode->i_sb);
	lower = dentry_open(&path, (file->f_flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | O_LARGEFILE, current_cred());
	revert_creds(caller);
	return IS_ERR(lower) ? PTR_ERR(lower) : okb_fs_set_lower_file(file, lower);
}

int okb_fs_release(struct inode *inode, struct file *file)
{
	struct okb_fs_file *opened = file->private_data;

	if (opened->maps)
		okb_fs_drop_pages(inode);
	fput(opened->lower);
	kfree(opened);
	return 0;
}

int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data)
{
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status = S_ISREG(file_inode(file)->i_mode) ? file_write_and_wait_range(file, start, end) : 0;
	int below = vfs_fsync_range(okb_fs_lower_file(file), start, end, only_data);

	revert_creds(caller);
	return status ?: below;
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller;
	loff_t at;

	inode_lock(inode);
	if (whence > SEEK_CUR)
		filemap_write_and_wait(inode->i_mapping); /* only the lower knows where data, holes and the end are */
	lower->f_pos = file->f_pos;
	caller = okb_fs_enter(inode->i_sb);
	at = vfs_llseek(lower, offset, whence);
	revert_creds(caller);
	if (at >= 0)
		file->f_pos = at;
	inode_unlock(inode);
	return at;
}

static long allocate_lower(struct file *file, int mode, loff_t offset, loff_t length)
{
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	long status = vfs_fallocate(okb_fs_lower_file(file), mode, offset, length);

	revert_creds(caller);
	return status;
}

/* Whatever changes where bytes are leaves no page of ours behind. */
static long allocate_cached(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	bool moves = mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE);
	long status = okb_fs_forget_range(inode, offset, moves ? LLONG_MAX : offset + length - 1);

	if (status)
		return status;
	status = allocate_lower(file, mode, offset, length);
	if (!status && (moves || i_size_read(okb_fs_lower_inode(inode)) > i_size_read(inode)))
		i_size_write(inode, i_size_read(okb_fs_lower_inode(inode)));
	filemap_invalidate_unlock(inode->i_mapping);
	return status;
}

static long allocate(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	long status;

	inode_lock(inode);
	status = file_remove_privs(file);
	if (status) {
		inode_unlock(inode);
		return status;
	}
	if (okb_fs_begin_passage(inode)) {
		status = allocate_lower(file, mode, offset, length);
		okb_fs_end_passage(inode);
	} else {
		status = allocate_cached(file, mode, offset, length);
		okb_fs_drop_pages(inode);
	}
	okb_fs_copy_attributes(inode);
	inode_unlock(inode);
	return status;
}

static int advise(struct file *file, loff_t offset, loff_t length, int advice)
{
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status = vfs_fadvise(okb_fs_lower_file(file), offset, length, advice);

	revert_creds(caller);
	return status;
}

static int flush(struct file *file, fl_owner_t owner)
{
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller;
	int status;

	if (!lower->f_op->flush)
		return 0;
	caller = okb_fs_enter(file_inode(file)->i_sb);
	status = lower->f_op->flush(lower, owner);
	revert_creds(caller);
	return status;
}

static const char *get_link(struct dentry *dentry, struct inode *inode, struct delayed_call *done)
{
	const struct cred *caller;
	const char *target;

	if (!dentry)
		return ERR_PTR(-ECHILD); /* not under RCU: the lower may have to read it */
	caller = okb_fs_enter(inode->i_sb);
	target = vfs_get_link(okb_fs_lower_dentry(dentry), done);
	revert_creds(caller);
	return target;
}

const struct inode_operations okb_fs_file_inode_operations = {
	OKB_FS_ACL_OPERATIONS,           .fileattr_get = okb_fs_get_fileattr, .fileattr_set = okb_fs_set_fileattr,
	.permission = okb_fs_permission, .getattr = okb_fs_getattr,           .setattr = okb_fs_setattr,
	.listxattr = okb_fs_listxattr,
};

const struct inode_operations okb_fs_symlink_inode_operations = {
	.get_link = get_link,
	.permission = okb_fs_permission,
	.getattr = okb_fs_getattr,
	.setattr = okb_fs_setattr,
	.listxattr = okb_fs_listxattr,
};

const struct file_operations okb_fs_file_operations = {
	.owner = THIS_MODULE,
	.open = okb_fs_open,
	.release = okb_fs_release,
	.flush = flush,
	.read_iter = okb_fs_read_iter,
	.write_iter = okb_fs_write_iter,
	.mmap = okb_fs_mmap,
	.llseek = seek,
	.fsync = okb_fs_fsync,
	.fallocate = allocate,
	.fadvise = advise,
	.setlease = generic_setlease,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.copy_file_range = okb_fs_copy,
	.remap_file_range = okb_fs_remap,
};
