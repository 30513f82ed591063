// SPDX-License-Identifier: GPL-2.0
/* Are the times of an inode read by functions?  From 6.7. */
#include <linux/fs.h>

struct timespec64 probe(const struct inode *inode);
struct timespec64 probe(const struct inode *inode)
{
	return inode_get_mtime(inode);
}
