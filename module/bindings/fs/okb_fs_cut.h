/* SPDX-License-Identifier: GPL-2.0 */
/* What a cut file has that others do not.  Private to this folder. */
#ifndef ORIEL_OKB_FS_CUT_H
#define ORIEL_OKB_FS_CUT_H

#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "bindings/fs/okb_cut.h"

struct okb_lower {
	struct inode *inode; /* ours */
	struct file *reader;
	struct file *writer; /* NULL until somebody writes; does not change then */
	bool read_only;      /* what would write says EROFS; while nobody else has the map yet */
	bool only_data;      /* okb_lower_flush() is fdatasync(2), for which the lower's times need not be durable; under `sync` */
};

/* From when an inode is found to be, or becomes, that of a cut file until it is gone. */
struct okb_fs_cut {
	struct okb_lower lower;
	/*
	 * Order: the inode's lock, the lower's protection against freezing, `mode` or the invalidate lock, `sync` or `writers`, `lock`.
	 * `sync` and `lock` are those of okb_cut.h.  `writers`: shared by whoever has parts that are not finished; whoever holds it exclusively knows
	 * that there are none.
	 */
	struct mutex sync;
	struct rw_semaphore writers;
	struct rw_semaphore lock;
	struct oriel_cut *map; /* under `lock`; the pointer does not change */
	u32 counted;           /* under `lock`: its extents, as the mount has counted them */
};

/* lower.c; with the mounter's credentials */
int okb_fs_open_lower(struct okb_lower *lower, struct inode *inode, const struct path *path);
void okb_fs_close_lower(struct okb_lower *lower);
/* For writing, open until okb_fs_close_lower(), or an error. */
struct file *okb_fs_lower_writer(struct okb_lower *lower);
/* fsync(2), or fdatasync(2), of the lower file. */
int okb_fs_flush_lower(struct okb_lower *lower, bool only_data);

/* cut.c */
/* `lock` for changes, without allocations that wait for writeback. */
unsigned int okb_fs_lock_map(struct okb_fs_cut *cut);
void okb_fs_unlock_map(struct okb_fs_cut *cut, unsigned int nofs);
/* Makes all changes durable, and the lower's times unless `only_data`.  With the change of the lower begun. */
int okb_fs_commit(struct okb_fs_cut *cut, bool only_data);
/* Whether it is worth trying again what failed so, once: there was no room, and what was freed may do, as it is durable now. */
bool okb_fs_makes_room(struct okb_fs_cut *cut, ssize_t failure);

#endif
