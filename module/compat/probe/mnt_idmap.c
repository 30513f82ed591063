// SPDX-License-Identifier: GPL-2.0
/* Do mounts have a struct mnt_idmap? From 6.3. */
#include <linux/fs.h>
#include <linux/mount.h>

struct mnt_idmap *probe(const struct vfsmount *mount);
struct mnt_idmap *probe(const struct vfsmount *mount)
{
	return mnt_idmap(mount);
}
