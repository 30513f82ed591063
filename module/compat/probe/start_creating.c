// SPDX-License-Identifier: GPL-2.0
/* Does the VFS lock directories for those who stack on it?  Between 6.12 and 7.2. */
#include <linux/namei.h>

struct dentry *probe(struct dentry *parent, struct dentry *child);
struct dentry *probe(struct dentry *parent, struct dentry *child)
{
	return start_creating_dentry(parent, child);
}
