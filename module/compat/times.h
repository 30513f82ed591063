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

/*
 * What i_op->update_time() is given.  Until 6.5 the time and flags; until 6.19 flags; then an enum and flags of a request.
 * ORIEL_UPDATES_ATIME: that it is the time of access, and no other.
 */
#ifdef ORIEL_HAVE_UPDATE_TIME_TYPE
#define ORIEL_UPDATE_TIME_PARAMETERS enum fs_update_time type, unsigned int flags
#define ORIEL_UPDATE_TIME_ARGUMENTS type, flags
#define ORIEL_UPDATES_ATIME (type == FS_UPD_ATIME)
#else
#define ORIEL_UPDATES_ATIME (flags & S_ATIME)
#ifdef ORIEL_HAVE_UPDATE_TIME_FLAGS
#define ORIEL_UPDATE_TIME_PARAMETERS int flags
#define ORIEL_UPDATE_TIME_ARGUMENTS flags
#else
#define ORIEL_UPDATE_TIME_PARAMETERS struct timespec64 *now, int flags
#define ORIEL_UPDATE_TIME_ARGUMENTS now, flags
#endif
#endif

#endif
