/* SPDX-License-Identifier: GPL-2.0 */
/* Times of an inode, as the newest kernel has them: by functions since 6.7. */
#ifndef ORIEL_COMPAT_TIMES_H
#define ORIEL_COMPAT_TIMES_H

#include <linux/fs.h>

#ifndef ORIEL_HAVE_INODE_TIMES
static inline struct timespec64 inode_get_mtime(const struct inode *inode)
{
	return inode->i_mtime;
}

static inline struct timespec64 oriel_get_ctime(const struct inode *inode)
{
	return inode->i_ctime;
}

static inline void inode_set_mtime_to_ts(struct inode *inode, struct timespec64 time)
{
	inode->i_mtime = time;
}
#else
static inline struct timespec64 oriel_get_ctime(const struct inode *inode)
{
	return inode_get_ctime(inode);
}
#endif

#endif
