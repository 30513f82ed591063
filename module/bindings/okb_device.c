// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/oriel.h>

#include "bindings/okb_device.h"

static atomic_t open_count;

static int device_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	atomic_inc(&open_count);
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	oriel_control_close(file);
	atomic_dec(&open_count);
	return 0;
}

static int dispatch(struct file *file, unsigned int command, void *argument)
{
	switch (command) {
	case ORIEL_IOC_ARM:
		return oriel_control_arm(file, argument);
	case ORIEL_IOC_DISARM:
		return oriel_control_disarm(file, argument);
	case ORIEL_IOC_WAKE:
		return oriel_control_wake(file, argument);
	default:
		return oriel_control_allow(file, argument);
	}
}

static bool is_known(unsigned int command)
{
	return command == ORIEL_IOC_ARM || command == ORIEL_IOC_DISARM || command == ORIEL_IOC_WAKE || command == ORIEL_IOC_ALLOW;
}

/* Of our commands in another size than ours: their sender is of another version, which lies in front in every version. */
static bool is_of_another_version(unsigned int command)
{
	return _IOC_TYPE(command) == ORIEL_IOC_TYPE && _IOC_NR(command) >= _IOC_NR(ORIEL_IOC_ARM) &&
	       _IOC_NR(command) <= _IOC_NR(ORIEL_IOC_ALLOW) && _IOC_SIZE(command) >= sizeof(u32);
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	void __user *user = (void __user *)address;
	void *argument;
	int status;

	if (!is_known(command))
		return !is_of_another_version(command) ? -ENOTTY : put_user((u32)ORIEL_ABI_VERSION, (u32 __user *)user) ?: -EPROTO;
	argument = memdup_user(user, _IOC_SIZE(command));
	if (IS_ERR(argument))
		return PTR_ERR(argument);
	status = dispatch(file, command, argument);
	if (copy_to_user(user, argument, _IOC_SIZE(command)) && !status)
		status = -EFAULT;
	kfree(argument);
	return status;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "oriel",
	.fops = &operations,
	.mode = 0600,
};

int okb_device_open_count(void)
{
	return atomic_read(&open_count);
}

int okb_device_start(void)
{
	return misc_register(&device);
}

void okb_device_stop(void)
{
	misc_deregister(&device);
}
