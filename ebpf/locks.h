/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What locks.bpf.c counts and user space reads: waits for locks that somebody else held.  A wait begins where the kernel leaves the fast
 * path of a lock, and ends where it has the lock or gives up.
 */
#ifndef ORIEL_LOCKS_H
#define ORIEL_LOCKS_H

#ifndef __bpf__
#include <linux/types.h>
#endif

enum oriel_lock_kind {
	oriel_lock_spin,
	oriel_lock_rwlock_read,
	oriel_lock_rwlock_write,
	oriel_lock_mutex,
	oriel_lock_rwsem_read,
	oriel_lock_rwsem_write,
	oriel_lock_percpu_read,
	oriel_lock_percpu_write,
	oriel_lock_rt,
	oriel_lock_semaphore,
	oriel_lock_vma_write, /* a writer waits for the readers of a VMA; from 6.16 no lock but a count */
	oriel_lock_kinds
};

/* Which lock it was.  What `object` is depends on it. */
enum oriel_lock_class {
	oriel_lock_other,        /* address of the lock */
	oriel_lock_static,       /* the same: a variable of the kernel or a module */
	oriel_lock_mmap,         /* mmap_lock of the waiter's own address space; address of the mm_struct */
	oriel_lock_mmap_foreign, /* of another's; address of that */
	oriel_lock_page_table,   /* of one page of a page table; address of the mm_struct, 0: of a kernel thread's wait it is not known */
	oriel_lock_page_table_root, /* mm->page_table_lock; address of the mm_struct */
	oriel_lock_vma,             /* of one VMA; address of the waiter's mm_struct */
	oriel_lock_slab,            /* in an object that kmem_cache_alloc() gave; address of the kmem_cache */
	oriel_lock_classes
};

struct oriel_lock_process {
	__u64 start_ns; /* CLOCK_BOOTTIME; the number is used again, this is not */
	__u32 tgid;
	__u32 pad;
};

/* Waits that agree in all of this are counted together. */
struct oriel_lock_key {
	struct oriel_lock_process waiter;
	struct oriel_lock_process owner; /* who held it when the wait began: mutexes and rwsems held by a writer; else 0 */
	__u64 cgroup;                    /* of the waiter: id in the unified hierarchy */
	__u64 object;
	__u32 round;        /* in which the wait ended */
	__u32 stack_round;  /* in which it began */
	__s32 kernel_stack; /* key in the stacks of that round; negative: none */
	__s32 user_stack;
	__u32 space;      /* tgid of the process whose address space the lock belongs to; 0: none, or not known */
	__u16 lock_class; /* enum oriel_lock_class */
	__u16 kind;       /* enum oriel_lock_kind */
};

#define ORIEL_LOCK_SLOTS 32

struct oriel_lock_counters {
	__u64 waits;
	__u64 total_ns;
	__u64 max_ns;
	__u32 histogram[ORIEL_LOCK_SLOTS]; /* slot i: 2^i to 2^(i+1) - 1 ns; the last one also longer waits */
};

/* A wait that goes on. */
struct oriel_lock_waiting {
	__u64 lock; /* 0: nothing */
	__u64 since_ns;
	struct oriel_lock_process owner;
	__u32 round; /* in which it began */
	__s32 kernel_stack;
	__s32 user_stack;
	__u32 kind;
};

#define ORIEL_LOCK_FRAMES 24

struct oriel_lock_name {
	char text[32];
};

enum oriel_lock_refusal {
	oriel_lock_no_stack, /* the wait is counted, its stack is not known */
	oriel_lock_no_row,   /* no room for another row: the wait is not counted */
	oriel_lock_no_wait,  /* no room to remember that it waits: the same */
	oriel_lock_nested,   /* one of our programs ran on the processor already: the same */
	oriel_lock_no_name,  /* the wait is counted, the name of a process or cache is not known */
	oriel_lock_no_space, /* whose a page of a page table is was not written down: its lock is taken to be of the waiter's */
	oriel_lock_refusals
};

/* Set after attaching: which waits are timed around the slow path itself, so that their tracepoints are passed over. */
enum oriel_lock_hooked { oriel_lock_spin_hooked, oriel_lock_rwsem_hooked, oriel_lock_hooks };

#endif
