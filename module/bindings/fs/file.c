// SPDX-License-Identifier: GPL-2.0
/* Files: what is read and written goes to the open lower file; nothing is kept in pages of our own. */
#include <linux/fs_stack.h>
#include <linux/module.h>
#include <linux/uio.h>

#include "bindings/fs/okb_fs.h"
#include "compat/filelock.h"
#include "compat/splice.h"

int okb_fs_open(struct inode *inode, struct file *file)
{
	struct path path = okb_fs_lower_path(file->f_path.dentry);
	struct file *lower = file->private_data; /* of a file without a name */
	const struct cred *caller;

	if (!lower) {
		caller = okb_fs_enter(inode->i_sb);
		lower = dentry_open(&path, (file->f_flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | O_LARGEFILE, current_cred());
		revert_creds(caller);
	}
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	file->private_data = lower;
	file->f_mode |= lower->f_mode & FMODE_CAN_ODIRECT;
	return 0;
}

int okb_fs_release(struct inode *inode, struct file *file)
{
	fput(okb_fs_lower_file(file));
	return 0;
}

int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data)
{
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	int status = vfs_fsync_range(okb_fs_lower_file(file), start, end, only_data);

	revert_creds(caller);
	return status;
}

/* The flags of preadv2(2) and pwritev2(2) that a caller gave, or its descriptor has. */
static rwf_t flags_of(const struct kiocb *request)
{
	int flags = request->ki_flags;

	return (flags & IOCB_NOWAIT ? RWF_NOWAIT : 0) | (flags & IOCB_HIPRI ? RWF_HIPRI : 0) | (flags & IOCB_DSYNC ? RWF_DSYNC : 0) |
	       (flags & IOCB_SYNC ? RWF_SYNC : 0) | (flags & IOCB_APPEND ? RWF_APPEND : 0);
}

static ssize_t read_iter(struct kiocb *request, struct iov_iter *to)
{
	struct inode *inode = file_inode(request->ki_filp);
	struct file *lower = okb_fs_lower_file(request->ki_filp);
	const struct cred *caller = okb_fs_enter(inode->i_sb);
	ssize_t done = vfs_iter_read(lower, to, &request->ki_pos, flags_of(request));

	revert_creds(caller);
	fsstack_copy_attr_atime(inode, file_inode(lower));
	return done;
}

static ssize_t write_locked(struct kiocb *request, struct iov_iter *from)
{
	struct file *lower = okb_fs_lower_file(request->ki_filp);
	struct inode *inode = file_inode(request->ki_filp);
	const struct cred *caller;
	/* Here, for the caller: with the mounter's credentials below, set-user-ID would stay. */
	ssize_t done = file_remove_privs(request->ki_filp);

	if (done)
		return done;
	caller = okb_fs_enter(inode->i_sb);
	file_start_write(lower);
	done = vfs_iter_write(lower, from, &request->ki_pos, flags_of(request));
	file_end_write(lower);
	revert_creds(caller);
	okb_fs_copy_attributes(inode);
	return done;
}

static ssize_t write_iter(struct kiocb *request, struct iov_iter *from)
{
	struct inode *inode = file_inode(request->ki_filp);
	ssize_t done;

	if (!iov_iter_count(from))
		return 0;
	inode_lock(inode);
	done = write_locked(request, from);
	inode_unlock(inode);
	return done;
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	struct file *lower = okb_fs_lower_file(file);
	const struct cred *caller;
	loff_t at;

	inode_lock(inode);
	lower->f_pos = file->f_pos;
	caller = okb_fs_enter(inode->i_sb);
	at = vfs_llseek(lower, offset, whence);
	revert_creds(caller);
	if (at >= 0)
		file->f_pos = at;
	inode_unlock(inode);
	return at;
}

static long allocate(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	const struct cred *caller;
	long status;

	inode_lock(inode);
	status = file_remove_privs(file);
	if (!status) {
		caller = okb_fs_enter(inode->i_sb);
		status = vfs_fallocate(okb_fs_lower_file(file), mode, offset, length);
		revert_creds(caller);
		okb_fs_copy_attributes(inode);
	}
	inode_unlock(inode);
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
	.read_iter = read_iter,
	.write_iter = write_iter,
	.llseek = seek,
	.fsync = okb_fs_fsync,
	.fallocate = allocate,
	.setlease = generic_setlease,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.copy_file_range = okb_fs_copy,
	.remap_file_range = okb_fs_remap,
};
