/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctls of /dev/oriel: what a descriptor owns.  Queries and events go through generic netlink (oriel_netlink.h).
 *
 * Every argument starts with the ABI version of its sender.  A kernel of another version answers EPROTO and writes its own version into
 * that field, so that both can be named; so it does where a known command comes in another size.  Unknown commands: ENOTTY.  Unknown flags, padding that is not zero, strings without end: EINVAL.
 * `why` is filled in on failure: one sentence, or empty.
 */
#ifndef _UAPI_LINUX_ORIEL_H
#define _UAPI_LINUX_ORIEL_H

#if defined(__KERNEL__) && defined(__cplusplus)
/* The core includes no kernel header; it reads the structures and issues no ioctl. */
typedef unsigned int __u32;
#else
#include <linux/ioctl.h>
#include <linux/types.h>
#endif

#define ORIEL_ABI_VERSION 3
#define ORIEL_DEVICE "/dev/oriel"

#define ORIEL_PATTERN_SIZE 128 /* bytes, with the NUL */
#define ORIEL_FILTER_SIZE 256
#define ORIEL_MODULE_SIZE 64
#define ORIEL_WHY_SIZE 256

/*
 * Arms every marker whose "subsystem:event" matches the shell pattern, now and as long as the arm stands: until the descriptor is closed,
 * or with ORIEL_ARM_KEEP until it is disarmed.  `matched`: how many markers that is now.  A marker whose name the kernel uses for a trace
 * event cannot be armed: where others match it is passed over and `why` names it, and where no other does the request fails with EEXIST.
 */
#define ORIEL_ARM_KEEP 1u

struct oriel_arm {
	__u32 abi;
	__u32 flags;
	__u32 per_second;  /* at most so many events, 0: no limit */
	__u32 matched;     /* out */
	__u32 passed_over; /* out: markers that match and are not armed */
	__u32 pad;         /* zero */
	char pattern[ORIEL_PATTERN_SIZE];
	char filter[ORIEL_FILTER_SIZE]; /* in ftrace's syntax, over the marker's keys; empty: everything */
	char why[ORIEL_WHY_SIZE];       /* out */
};

/*
 * Drops the arms of exactly that pattern, or all of them if it is empty: those of this descriptor, or with ORIEL_DISARM_KEPT those that
 * were kept.  `dropped`: how many.
 */
#define ORIEL_DISARM_KEPT 1u

struct oriel_disarm {
	__u32 abi;
	__u32 flags;
	__u32 dropped; /* out */
	__u32 pad;
	char pattern[ORIEL_PATTERN_SIZE];
};

/*
 * Registers trace events of a loaded module that the kernel had dropped for its taint and whose "system:event" matches the pattern.  They
 * stay until the module is unloaded.  ENOENT: no such module.  EBADMSG: a layout that cannot be trusted, `why` says what.
 */
struct oriel_wake {
	__u32 abi;
	__u32 flags; /* zero */
	__u32 woken; /* out */
	__u32 live;  /* out: matched, and in tracefs already */
	char module[ORIEL_MODULE_SIZE];
	char pattern[ORIEL_PATTERN_SIZE];
	char why[ORIEL_WHY_SIZE]; /* out */
};

/*
 * Allows the taint of a module that is yet to load to be hidden while the kernel sets up its trace events.  It overrides a safety check
 * of the kernel, stands until taken back or Oriel is unloaded, and is logged.
 */
#define ORIEL_ALLOW_REVOKE 1u

struct oriel_allow {
	__u32 abi;
	__u32 flags;
	char module[ORIEL_MODULE_SIZE];
	char why[ORIEL_WHY_SIZE]; /* out */
};

#define ORIEL_IOC_TYPE 0xEC
#define ORIEL_IOC_ARM _IOWR(ORIEL_IOC_TYPE, 1, struct oriel_arm)
#define ORIEL_IOC_DISARM _IOWR(ORIEL_IOC_TYPE, 2, struct oriel_disarm)
#define ORIEL_IOC_WAKE _IOWR(ORIEL_IOC_TYPE, 3, struct oriel_wake)
#define ORIEL_IOC_ALLOW _IOWR(ORIEL_IOC_TYPE, 4, struct oriel_allow)

#ifdef __cplusplus
#define ORIEL_ASSERT_SIZE(type, bytes) static_assert(sizeof(type) == (bytes))
#else
#define ORIEL_ASSERT_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "the user ABI has moved")
#endif
ORIEL_ASSERT_SIZE(struct oriel_arm, 664);
ORIEL_ASSERT_SIZE(struct oriel_disarm, 144);
ORIEL_ASSERT_SIZE(struct oriel_wake, 464);
ORIEL_ASSERT_SIZE(struct oriel_allow, 328);

#endif
