// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers of inodes.  They are the lower's, unless its super block holds more than one device, as that of btrfs does, with one for each
 * subvolume: then two files may have the same number.  Each device gets an index, in the order in which they are come upon, and that is put
 * above the number; the device of the root has index 0.  What does not fit is counted under an index of its own.
 */
#include <linux/mutex.h>
#include <linux/slab.h>

#include "bindings/fs/okb_fs.h"

#define INDEX_SHIFT 48
#define COUNTED 0xffff
#define DEVICES 256

struct okb_fs_devices {
	struct mutex lock; /* what is below; taken last, but for what getattr() of the lower takes */
	dev_t of[DEVICES];
	unsigned int count;
	u64 counted;
};

int okb_fs_start_numbers(struct okb_fs_super *super)
{
	struct path root = {.mnt = super->lower, .dentry = super->lower->mnt_root};
	struct kstat stat;
	int status = vfs_getattr_nosec(&root, &stat, STATX_INO, 0);

	if (status || stat.dev == root.dentry->d_sb->s_dev)
		return status;
	super->devices = kzalloc(sizeof(*super->devices), GFP_KERNEL);
	if (!super->devices)
		return -ENOMEM;
	mutex_init(&super->devices->lock);
	super->devices->of[0] = stat.dev;
	super->devices->count = 1;
	return 0;
}

/* Return: COUNTED if there are too many. */
static u64 index_of(struct okb_fs_devices *devices, dev_t device)
{
	unsigned int index;

	for (index = 0; index < devices->count; index++)
		if (devices->of[index] == device)
			return index;
	if (index == DEVICES)
		return COUNTED;
	devices->of[devices->count++] = device;
	return index;
}

static u64 index_of_lower(struct super_block *sb, struct inode *lower)
{
	struct path path = {.mnt = okb_fs_super(sb)->lower, .dentry = d_find_any_alias(lower)};
	struct okb_fs_devices *devices = okb_fs_super(sb)->devices;
	struct kstat stat;
	u64 index = COUNTED;

	if (path.dentry && !vfs_getattr_nosec(&path, &stat, STATX_INO, 0)) {
		mutex_lock(&devices->lock);
		index = index_of(devices, stat.dev);
		mutex_unlock(&devices->lock);
	}
	dput(path.dentry);
	return index;
}

u64 okb_fs_number_of(struct super_block *sb, struct inode *lower)
{
	struct okb_fs_devices *devices = okb_fs_super(sb)->devices;
	u64 index, number = lower->i_ino;

	if (!devices)
		return number;
	index = index_of_lower(sb, lower);
	if (index == COUNTED || number >> INDEX_SHIFT) {
		mutex_lock(&devices->lock);
		number = ++devices->counted;
		mutex_unlock(&devices->lock);
		index = COUNTED;
	}
	return index << INDEX_SHIFT | number;
}

u64 okb_fs_number_of_entry(const struct inode *dir, u64 lower)
{
	u64 index = (u64)dir->i_ino >> INDEX_SHIFT;

	return okb_fs_super(dir->i_sb)->devices && index != COUNTED && !(lower >> INDEX_SHIFT) ? index << INDEX_SHIFT | lower : lower;
}
