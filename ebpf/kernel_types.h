/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's types, as far as our programs look into them.  Only names matter: where a member lies, and whether this kernel has it, is
 * found in its BTF when a program is loaded (CO-RE).  So no vmlinux.h of some kernel is needed to build.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
/* As the headers of libbpf call them. */
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

/* include/uapi/linux/bpf.h */
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_EXIST = 2 };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_F_USER_STACK = 1 << 8 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_STACK_TRACE = 7,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct rw_semaphore {
	long count;
	atomic_long_t owner;
};

struct mutex {
	atomic_long_t owner;
};

struct spinlock {
	int rlock;
};

struct task_struct;

struct mm_struct {
	struct rw_semaphore mmap_lock;
	struct spinlock page_table_lock;
	struct task_struct *owner;
};

typedef struct {
	unsigned long pud; /* physical address of a page of a page table, and bits */
} pud_t;

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	const void *vm_ops;   /* NULL: anonymous memory */
	refcount_t vm_refcnt; /* from 6.15 */
};

struct page {
	unsigned long flags;
	unsigned long compound_head; /* bit 0: the rest is the address of the first page; until 7.0 */
	unsigned int page_type;
	struct spinlock ptl; /* until 6.4 */
};

struct ptdesc {
	struct spinlock ptl;
};

struct kmem_cache {
	const char *name;
};

struct slab {
	struct kmem_cache *slab_cache;
};

/* include/linux/page-flags.h */
enum pageflags {
	PG_slab = 9, /* until 6.9 */
};

enum pagetype { /* from 6.11 */
		PGTY_table = 0xf2,
		PGTY_slab = 0xf5,
};

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct kernfs_node {
	u64 id;
	const char *name;
};

struct cgroup_subsys_state {
	unsigned int flags;
};

struct cgroup_root;

struct cgroup {
	struct cgroup_subsys_state self;
	int level;
	int nr_descendants;
	int nr_dying_descendants;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgroup_root {
	int hierarchy_id;
	struct list_head root_list;
	struct cgroup cgrp;
};

struct css_set {
	refcount_t refcount;
	struct cgroup *dfl_cgrp;
	int nr_tasks;
	struct hlist_node hlist;
	struct list_head cgrp_links;
	bool dead;
};

/* kernel/cgroup/cgroup-internal.h: one for each css_set and hierarchy. */
struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct css_set *cset;
	struct list_head cgrp_link;
};

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	struct mm_struct *mm;
	struct task_struct *group_leader;
	u64 start_boottime; /* ns */
	char comm[16];
	struct css_set *cgroups;
};

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
	u64 session_id;
	u64 seq_num;
};

struct bpf_iter__cgroup {
	struct bpf_iter_meta *meta;
	struct cgroup *cgroup;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* include/linux/mm_types.h; which of them a kernel has, and their values, its BTF says. */
enum fault_flag {
	FAULT_FLAG_WRITE = 1,
	FAULT_FLAG_REMOTE = 1 << 7,
	FAULT_FLAG_INSTRUCTION = 1 << 8,
	FAULT_FLAG_VMA_LOCK = 1 << 12,
};

enum vm_fault_reason {
	VM_FAULT_OOM = 1,
	VM_FAULT_SIGBUS = 2,
	VM_FAULT_MAJOR = 4,
	VM_FAULT_HWPOISON = 0x10,
	VM_FAULT_SIGSEGV = 0x40,
	VM_FAULT_RETRY = 0x400,
	VM_FAULT_COMPLETED = 0x4000,
};
