// SPDX-License-Identifier: GPL-2.0
/* Files, but for how they are read and written (io.c), and their pages (pages.c). */
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include <linux/falloc.h> /* wants types of the others */

#include "bindings/fs/okb_fs.h"
#include "compat/filelock.h"
#include "compat/times.h"

void okb_fs_set_lower_file(struct file *file, struct file *lower)
{
	file->private_data = lower;
	file->f_mode |= lower->f_mode & (FMODE_CAN_ODIRECT | FMODE_NOWAIT);
}

int okb_fs_open(struct inode *inode, struct file *file)
{
	struct path path = okb_fs_lower_path(file_dentry(file));
	const struct cred *caller;
	struct file *lower;
	int status;

	if (file->private_data)
		return 0; /* without a name: it was made open */
	if (atomic_read(&okb_fs_inode(inode)->users) && okb_fs_is_stale(inode))
		return -ESTALE;
	status = READ_ONCE(okb_fs_inode(inode)->broken) ? -EIO : okb_fs_judge(inode, &path);
	if (status)
		return status;
	caller = okb_fs_enter(inode->i_sb);
	lower = dentry_open(&path, (file->f_flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | O_NOATIME | O_LARGEFILE, current_cred());
	revert_creds(caller);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	okb_fs_set_lower_file(file, lower);
	return 0;
}

int okb_fs_release(struct inode *inode, struct file *file)
{
	if (okb_fs_maps(file))
		okb_fs_drop_pages(inode);
	fput(okb_fs_lower_file(file));
	return 0;
}

static int sync_lower(struct file *file, loff_t start, loff_t end, int only_data)
{
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status = vfs_fsync_range(okb_fs_lower_file(file), start, end, only_data);

	revert_creds(caller);
	return status;
}

int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data)
{
	int status = S_ISREG(file_inode(file)->i_mode) ? file_write_and_wait_range(file, start, end) : 0;
	bool cut = S_ISREG(file_inode(file)->i_mode) && okb_fs_cut(file_inode(file));
	int below = cut ? okb_fs_sync_cut(file_inode(file), only_data) : sync_lower(file, start, end, only_data);

	if (cut && below)
		below = file_check_and_advance_wb_err(file) ?: below; /* it is told now */

	if (!status && !below && atomic_read(&okb_fs_inode(file_inode(file))->users))
		status = okb_fs_is_stale(file_inode(file));
	return status ?: below;
}

/* With the inode locked. */
static loff_t seek_cut(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	loff_t at;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek(file, offset, whence);
	at = okb_fs_seek_cut(inode, offset, whence);
	return at < 0 ? at : vfs_setpos(file, at, inode->i_sb->s_maxbytes);
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller;
	loff_t at;

	inode_lock(inode);
	if (whence > SEEK_CUR)
		filemap_write_and_wait(inode->i_mapping); /* only the lower, or the map, knows where data, holes and the end are */
	if (S_ISREG(inode->i_mode) && okb_fs_cut(inode)) {
		at = seek_cut(file, offset, whence);
		inode_unlock(inode);
		return at;
	}
	lower->f_pos = file->f_pos;
	caller = okb_fs_enter(inode->i_sb);
	at = vfs_llseek(lower, offset, whence);
	revert_creds(caller);
	if (at >= 0)
		file->f_pos = at;
	inode_unlock(inode);
	return at;
}

/* With the change begun: the VFS's own function would begin it once more. */
static long allocate_lower(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct file *lower = okb_fs_lower_file(file);
	long status;

	okb_fs_begin_own_change(file_inode(file));
	status = lower->f_op->fallocate(lower, mode, offset, length);
	okb_fs_end_own_change(file_inode(file));
	if (!status)
		fsnotify_modify(lower);
	return status;
}

/* Whatever changes where bytes are leaves no page of ours behind. */
static long allocate_cached(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	bool moves = mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE);
	loff_t last = moves ? LLONG_MAX : offset + length - 1;
	const struct cred *caller;
	long status;

	status = okb_fs_begin_cached_change(inode, offset, last, &caller);
	if (status)
		return status;
	okb_fs_forget_range(inode, offset, last);
	status = allocate_lower(file, mode, offset, length);
	if (!status)
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	if (!status && (moves || i_size_read(okb_fs_lower_inode(inode)) > i_size_read(inode)))
		i_size_write(inode, i_size_read(okb_fs_lower_inode(inode)));
	okb_fs_end_cached_change(inode, caller);
	return status;
}

/* Whether a plain file is to become a cut one: for what the lower cannot do anywhere in a file, or at all. */
static bool is_wanted_cut(int mode, long status)
{
	bool moves = mode == FALLOC_FL_COLLAPSE_RANGE || mode == FALLOC_FL_INSERT_RANGE;

	return moves && (status == -EINVAL || status == -EOPNOTSUPP);
}

static long allocate_plain(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	const struct cred *caller;
	bool passes;
	long status;

	if (!okb_fs_lower_file(file)->f_op->fallocate)
		return -EOPNOTSUPP;
	status = okb_fs_begin_change(inode->i_sb, &caller);
	if (status)
		return status;
	passes = okb_fs_begin_passage(inode);
	if (passes) {
		status = allocate_lower(file, mode, offset, length);
		okb_fs_end_passage(inode);
	}
	okb_fs_end_change(inode->i_sb, caller);
	if (!passes) {
		status = allocate_cached(file, mode, offset, length);
		okb_fs_drop_pages(inode);
	}
	return status;
}

static long allocate(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	long status;

	inode_lock(inode);
	status = okb_fs_remove_privileges(file);
	if (status) {
		inode_unlock(inode);
		return status;
	}
	if (!okb_fs_cut(inode))
		status = allocate_plain(file, mode, offset, length);
	if (okb_fs_cut(inode) || is_wanted_cut(mode, status))
		status = okb_fs_allocate_cut(file, mode, offset, length);
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
	.listxattr = okb_fs_listxattr,   .update_time = okb_fs_update_time,   .fiemap = okb_fs_fiemap,
};

const struct inode_operations okb_fs_symlink_inode_operations = {
	.get_link = get_link,
	.permission = okb_fs_permission,
	.getattr = okb_fs_getattr,
	.setattr = okb_fs_setattr,
	.listxattr = okb_fs_listxattr,
	.update_time = okb_fs_update_time,
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
	.unlocked_ioctl = okb_fs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.fadvise = advise,
	.setlease = generic_setlease,
	.splice_read = okb_fs_splice_read,
	.splice_write = okb_fs_splice_write,
	.copy_file_range = okb_fs_copy,
	.remap_file_range = okb_fs_remap,
#ifdef FOP_DONTCACHE
	.fop_flags = FOP_DONTCACHE, /* where the lower has it */
#endif
};
