/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/mnt_idmapping.h> of the newest kernel.  6.3 (abf08576afe3 and those after it) gave mounts a struct mnt_idmap for a user namespace. */
#ifndef ORIEL_COMPAT_IDMAP_H
#define ORIEL_COMPAT_IDMAP_H

#include <linux/fs.h>
#include <linux/mount.h>

#ifdef ORIEL_HAVE_MNT_IDMAP
static inline struct mnt_idmap *oriel_idmap_of(const struct vfsmount *mount)
{
	return mnt_idmap(mount);
}
#else
#define mnt_idmap user_namespace
#define nop_mnt_idmap init_user_ns

static inline struct user_namespace *oriel_idmap_of(const struct vfsmount *mount)
{
	return mnt_user_ns(mount);
}
#endif

#endif
