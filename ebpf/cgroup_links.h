/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cgroup_links.bpf.c reads and user space takes over.
 *
 * A css_set stands for all tasks that are in the same control groups of all hierarchies.  A link joins a css_set to one control group: the
 * kernel keeps one for each css_set and hierarchy.
 */
#ifndef ORIEL_CGROUP_LINKS_H
#define ORIEL_CGROUP_LINKS_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define ORIEL_CGROUP_NAME 64
#define ORIEL_CGROUP_HIERARCHIES 64

struct oriel_cgroup_set {
	__u64 set; /* its address; to compare */
	__u32 tasks;
	__u32 references; /* by tasks and by others */
	__u32 links;
	__u32 dead; /* one of its control groups was removed: no task can join it any more */
};

struct oriel_cgroup_link {
	__u64 set;
	__u64 cgroup;    /* its id: the inode of its directory */
	__u32 hierarchy; /* 0 is the unified one (v2) */
	__u32 level;     /* 0 is the root */
	__u32 dying;     /* it was removed, and lives on for who still refers to it */
	__u32 pad;
	char name[ORIEL_CGROUP_NAME]; /* of its directory; "/" or empty for the root */
};

struct oriel_cgroup_hierarchy {
	__u32 number;  /* 0 is the unified one */
	__u32 cgroups; /* with the root, without dying ones */
	__u32 dying;
	__u32 pad;
};

struct oriel_cgroup_totals {
	__u32 kernel_sets_before; /* the kernel's own count, when reading began */
	__u32 kernel_sets_after;  /* and when it had ended: if equal, nothing changed in between */
	__u32 sets;
	__u32 links;
	__u32 tasks;
	__u32 broken; /* links that do not lead back to their css_set */
	__u32 hierarchies;
	__u32 set_bytes; /* sizeof(struct css_set) on this kernel */
	__u32 link_bytes;
	__u32 pad;
	struct oriel_cgroup_hierarchy hierarchy[ORIEL_CGROUP_HIERARCHIES];
};

/* A thread of the process that was asked for. */
struct oriel_cgroup_task {
	__u64 set;
	__u32 tid;
	__u32 tgid;
};

#endif
