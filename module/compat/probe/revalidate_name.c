// SPDX-License-Identifier: GPL-2.0
/* Is d_revalidate() told the name?  Between 6.12 and 7.2. */
#include <linux/dcache.h>

int probe(const struct dentry_operations *operations, struct inode *dir, const struct qstr *name, struct dentry *dentry);
int probe(const struct dentry_operations *operations, struct inode *dir, const struct qstr *name, struct dentry *dentry)
{
	return operations->d_revalidate(dir, name, dentry, 0);
}
