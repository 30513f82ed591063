// SPDX-License-Identifier: GPL-2.0
/* The ioctls of a file: uapi/linux/oriel_fs.h. */
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <uapi/linux/oriel_fs.h>

#include "bindings/fs/okb_fs.h"

/* -EPROTO where the sender speaks another version, who is told ours. */
static int check_version(void __user *argument, u32 version)
{
	if (version == ORIEL_FS_ABI_VERSION)
		return 0;
	return put_user(ORIEL_FS_ABI_VERSION, (u32 __user *)argument) ?: -EPROTO;
}

static long look(struct file *file, void __user *argument)
{
	struct oriel_fs_look told;
	int status;

	if (copy_from_user(&told, argument, sizeof(told)))
		return -EFAULT;
	status = check_version(argument, told.abi);
	if (status)
		return status;
	okb_fs_tell_cut(file_inode(file), &told);
	return copy_to_user(argument, &told, sizeof(told)) ? -EFAULT : 0;
}

static long compact(struct file *file, void __user *argument)
{
	struct oriel_fs_compact step;
	int status;

	if (copy_from_user(&step, argument, sizeof(step)))
		return -EFAULT;
	status = check_version(argument, step.abi);
	if (status)
		return status;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	status = mnt_want_write_file(file);
	if (status)
		return status;
	status = okb_fs_compact_cut(file_inode(file), &step);
	mnt_drop_write_file(file);
	if (status)
		return status;
	return copy_to_user(argument, &step, sizeof(step)) ? -EFAULT : 0;
}

long okb_fs_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	switch (command) {
	case ORIEL_FS_IOC_LOOK:
		return look(file, (void __user *)argument);
	case ORIEL_FS_IOC_COMPACT:
		return compact(file, (void __user *)argument);
	default:
		return -ENOTTY;
	}
}
