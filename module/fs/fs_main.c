// SPDX-License-Identifier: GPL-2.0
/* orielfs.ko: a file system stacked over a directory. */
#include <linux/init.h>
#include <linux/module.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/okb_netlink.h"

static int __init orielfs_init(void)
{
	int status = okb_fs_inode_start();

	if (status)
		return status;
	status = okb_fs_direct_start();
	if (status)
		goto stop_inode;
	status = okb_fs_threads_start();
	if (status)
		goto stop_direct;
	status = okb_netlink_start();
	if (status)
		goto stop_threads;
	/* Last: from then on it can be mounted. */
	status = register_filesystem(&okb_fs_type);
	if (status)
		goto stop_netlink;
	return 0;

stop_netlink:
	okb_netlink_stop();
stop_threads:
	okb_fs_threads_stop();
stop_direct:
	okb_fs_direct_stop();
stop_inode:
	okb_fs_inode_stop();
	return status;
}

static void __exit orielfs_exit(void)
{
	unregister_filesystem(&okb_fs_type);
	okb_netlink_stop();
	okb_fs_threads_stop();
	okb_fs_direct_stop();
	okb_fs_inode_stop();
}

module_init(orielfs_init);
module_exit(orielfs_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A file system stacked over a directory");
MODULE_VERSION(ORIEL_VERSION);
MODULE_ALIAS_FS("orielfs");
