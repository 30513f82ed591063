// SPDX-License-Identifier: GPL-2.0
/* Does i_op->update_time find out itself what time it is?  From 6.6. */
#include <linux/fs.h>

int probe(struct inode *inode);
int probe(struct inode *inode)
{
	return generic_update_time(inode, S_ATIME);
}
