// SPDX-License-Identifier: GPL-2.0
/* Are a superblock's dentry operations set by a function?  Between 6.12 and 7.2. */
#include <linux/dcache.h>

void probe(struct super_block *sb, const struct dentry_operations *operations);
void probe(struct super_block *sb, const struct dentry_operations *operations)
{
	set_default_d_op(sb, operations);
}
