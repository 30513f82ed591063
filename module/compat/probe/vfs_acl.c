// SPDX-License-Identifier: GPL-2.0
/* Does the VFS know ACLs, or are they extended attributes to it?  From 6.2. */
#include <linux/fs.h>
#include <linux/posix_acl.h>

void *probe(void);
void *probe(void)
{
	return (void *)vfs_get_acl;
}
