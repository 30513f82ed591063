// SPDX-License-Identifier: GPL-2.0
/* Are the flags of an inode's state read by accessors? Between 6.12 and 7.2. */
#include <linux/fs.h>

int probe(struct inode *inode);
int probe(struct inode *inode)
{
	return inode_state_read_once(inode);
}
