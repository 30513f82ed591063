// SPDX-License-Identifier: GPL-2.0
/* Does i_op->create always have to make the file, so that it is not told whether?  From 7.3. */
#include <linux/fs.h>

_Static_assert(__builtin_types_compatible_p(typeof(((struct inode_operations *)0)->create),
					    int (*)(struct mnt_idmap *, struct inode *, struct dentry *, umode_t)));
