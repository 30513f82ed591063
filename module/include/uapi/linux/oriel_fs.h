/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctls of a regular file on orielfs.  Whatever else can be done to it, fallocate(2) and the rest of the system calls do.
 *
 * Every argument starts with the ABI version of its sender.  A kernel of another version answers EPROTO and writes its own version into
 * that field.  Unknown commands: ENOTTY.  Padding that is not zero: EINVAL.
 */
#ifndef _UAPI_LINUX_ORIEL_FS_H
#define _UAPI_LINUX_ORIEL_FS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ORIEL_FS_ABI_VERSION 1

/* How the bytes of a file are reached now. */
#define ORIEL_FS_IDENTITY 0u  /* never cut: as the lower file has them */
#define ORIEL_FS_PIECEWISE 1u /* cut: piece by piece */
#define ORIEL_FS_CACHED 2u    /* mapped into memory: through pages of orielfs, whether cut or not */

struct oriel_fs_look {
	__u32 abi;
	__u32 mode;      /* out: ORIEL_FS_IDENTITY... */
	__u32 cut;       /* out: 1: the lower file carries a map.  Else the rest is 0. */
	__u32 extents;   /* out */
	__u64 allocated; /* out: bytes of the file that have bytes in the lower */
	__u64 memory;    /* out: bytes that the map takes */
	__u64 pending;   /* out: changes that are not durable */
};

/*
 * Makes the extents of a cut file fewer by copying small neighbours together: one step, of about 1 MiB of reading and writing, as any write
 * to the file.  To be called until `offset` is the size of the file.  EBADF: it is not open for writing.  ENOSPC.  A plain file has nothing
 * to do.
 */
struct oriel_fs_compact {
	__u32 abi;
	__u32 extents; /* out: how many there are now */
	__u64 offset;  /* where to begin; out: where to go on */
};

#define ORIEL_FS_IOC_TYPE 0xEC
#define ORIEL_FS_IOC_LOOK _IOWR(ORIEL_FS_IOC_TYPE, 0x40, struct oriel_fs_look)
#define ORIEL_FS_IOC_COMPACT _IOWR(ORIEL_FS_IOC_TYPE, 0x41, struct oriel_fs_compact)

#ifdef __cplusplus
static_assert(sizeof(struct oriel_fs_look) == 40 && sizeof(struct oriel_fs_compact) == 16);
#else
_Static_assert(sizeof(struct oriel_fs_look) == 40 && sizeof(struct oriel_fs_compact) == 16, "the user ABI has moved");
#endif

#endif
