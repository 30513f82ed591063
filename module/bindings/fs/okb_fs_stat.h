/* SPDX-License-Identifier: GPL-2.0 */
/* What orielfs has done since it was mounted, for whoever tells it to users. */
#ifndef ORIEL_OKB_FS_STAT_H
#define ORIEL_OKB_FS_STAT_H

#include "bindings/okb_base.h"

/* Counted since mounting, but where it says `now`. */
struct okb_fs_stat {
	u64 reads, writes;               /* requests handed to the lower, for file data; not for pages of ours */
	u64 read_bytes, written_bytes;   /* of these */
	u64 direct;                      /* of these requests, those with O_DIRECT */
	u64 queued;                      /* of these, those that the lower finished after the call had returned */
	u64 in_flight;                   /* direct requests that the lower works on now */
	u64 deepest;                     /* the most of them at once */
	u64 retried;                     /* calls repeated because the caller's memory was not there */
	u64 bounced;                     /* calls that went through a buffer of the kernel in the end */
	u64 cached_reads, cached_writes; /* calls that went through pages of ours */
	u64 entered;                     /* times a file went to cached mode */
	u64 cached_inodes;               /* files in cached mode now */
	u64 inodes;                      /* in memory now */
	u64 stale;                       /* files that were found changed behind our back while they were in cached mode */
	/* Of cut files; what the lower cuts by itself is not among these. */
	u64 cuts, inserts;                     /* ranges taken out and put in, first cuts among them */
	u64 punches;                           /* ranges made holes, zeroed or set aside */
	u64 piecewise_changes, cached_changes; /* all of these, by the mode that the file was in */
	u64 dropped_pages; /* of ours, as the bytes below changed: what the latter cost, and what the lower cut by itself */
	u64 first_cuts;
	u64 commits, checkpoints;         /* syncs that made changes durable; of these, those that wrote the whole map */
	u64 compactions, compacted_bytes; /* times that small extents were copied together, and their bytes */
	u64 freed_bytes;                  /* given back to the lower */
	u64 cut_inodes, cut_extents;      /* in memory now */
};

struct okb_fs_mount {
	u64 id;           /* of the super block; counts up from 1 and is not given again */
	u32 major, minor; /* as st_dev and /proc/self/mountinfo have it */
	char source[256]; /* the lower directory, as it was named; cut where it is longer */
	char type[32];    /* of the lower file system */
	struct okb_fs_stat stat;
};

OKB_BEGIN

/* The one with the lowest id above `after`.  Return: 0, or -ENOENT if there is none.  Context: process, may sleep. */
int okb_fs_next_mount(u64 after, struct okb_fs_mount *mount);

OKB_END

#endif
