// SPDX-License-Identifier: GPL-2.0
/* orielfs.ko: a file system stacked over a directory. */
#include <linux/init.h>
#include <linux/module.h>

#include "bindings/fs/okb_fs.h"

static int __init orielfs_init(void)
{
	int status = okb_fs_inode_start();

	if (status)
		return status;
	status = register_filesystem(&okb_fs_type);
	if (status)
		okb_fs_inode_stop();
	return status;
}

static void __exit orielfs_exit(void)
{
	unregister_filesystem(&okb_fs_type);
	okb_fs_inode_stop();
}

module_init(orielfs_init);
module_exit(orielfs_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A file system stacked over a directory");
MODULE_VERSION(ORIEL_VERSION);
MODULE_ALIAS_FS("orielfs");
