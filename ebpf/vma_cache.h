/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vma_cache.bpf.c counts and user space reads.  Every number is a count of events unless its name says otherwise.
 *
 * A policy is a cache of VMAs that a kernel had or that was proposed in 2014: a lookup hits if the cache holds the VMA of its address.
 * All policies see the same lookups, so their hits can be compared.
 */
#ifndef ORIEL_VMA_CACHE_H
#define ORIEL_VMA_CACHE_H

#ifndef __bpf__
#include <linux/types.h>
#endif

enum oriel_vma_policy {
	/* one for each address space */
	oriel_vma_last,            /* the VMA of the last lookup: mm->mmap_cache, kernels before 3.15 */
	oriel_vma_last_or_largest, /* and, where that misses, the largest VMA */
	/* for each thread */
	oriel_vma_thread1,      /* the VMA of its last lookup */
	oriel_vma_thread2_page, /* 2, 4, 8 or 16 of them, the slot chosen by the number of the page */
	oriel_vma_thread4_page, /* as kernel 3.15 had it */
	oriel_vma_thread8_page,
	oriel_vma_thread16_page,
	oriel_vma_thread4_pmd, /* the slot chosen by 2 MiB of address space: kernels 4.19 to 6.0 */
	oriel_vma_thread2_lru, /* the 2, 4, 8 or 16 that were looked up last: a bound for any of that size */
	oriel_vma_thread4_lru,
	oriel_vma_thread8_lru,
	oriel_vma_thread16_lru,
	oriel_vma_policies
};

struct oriel_vma_counters {
	/* lookups of the running thread's own address space, and what became of them */
	__u64 lookups;
	__u64 hits[oriel_vma_policies];
	__u64 gaps;        /* of these, addresses in no VMA */
	__u64 unsimulated; /* of these, those that no cache saw: no policies, or no room for the state of their address space */
	__u64 flushes;     /* times the thread's caches were emptied, because VMAs went or it has another address space */
	__u64 foreign;     /* lookups in another's address space; in no other number */
	/* which function looked up */
	__u64 find_vma;
	__u64 vma_lock_taken;  /* lock_vma_under_rcu() found the VMA and locked it */
	__u64 vma_lock_missed; /* it did not: the fault went on under mmap_lock */
	/* page faults, as handle_mm_fault() saw them */
	__u64 faults;
	__u64 faults_write;
	__u64 faults_instruction;
	__u64 faults_remote; /* in another's memory (ptrace, process_vm_readv) */
	__u64 faults_anonymous;
	__u64 faults_major;
	__u64 faults_vma_lock;                   /* under a VMA's own lock */
	__u64 faults_retried;                    /* to be tried again, mmap_lock was given up */
	__u64 faults_vma_lock_retried;           /* of these, under a VMA's own lock */
	__u64 faults_vma_lock_retried_anonymous; /* of these, in anonymous memory: its anon_vma is to be made under mmap_lock */
	__u64 faults_completed;                  /* done, and the lock given up on the way (from 6.0) */
	__u64 faults_failed;                     /* out of memory, SIGBUS, SIGSEGV, poisoned */
	/* where the kernel has the real cache (5.10): what it did, and how often the simulation agreed */
	__u64 real_lookups;
	__u64 real_hits;
	__u64 real_agreed_pmd;
	__u64 real_agreed_page;
};

/* A process: its number is used again, the time of its start is not. */
struct oriel_vma_process {
	__u64 start_ns; /* CLOCK_BOOTTIME */
	__u32 tgid;
	__u32 tid; /* one thread of it; 0: all that have ended */
};

/*
 * Threads that have ended, by the reading that counts them.  User space begins reading `round` by writing its number, has the threads that
 * live read, and then takes away what ended with a lower one: a thread that ends meanwhile is in one of both, never in both or in none.
 */
struct oriel_vma_ended {
	struct oriel_vma_process process;
	__u64 round;
};

/* The counters of one thread, or of all threads of a process that have ended. */
struct oriel_vma_row {
	struct oriel_vma_process process;
	__u64 thread_id; /* no other thread ever has it; 0: threads that have ended */
	__u64 cgroup;    /* id in the unified hierarchy, when it was read or ended */
	char comm[16];   /* of the process */
	char thread[16]; /* its own name; of those that have ended, one's */
	struct oriel_vma_counters counters;
};

/* Where something had to be left out. */
enum oriel_vma_refusal {
	oriel_vma_no_thread,  /* no room for a thread's counters */
	oriel_vma_no_space,   /* no room for an address space's state */
	oriel_vma_no_process, /* no room for what a thread that ended had counted */
	oriel_vma_no_record,  /* the stream's buffer was full */
	oriel_vma_ending,     /* a thread did it when its counters had been taken over, or as the first thing of all while it ended */
	oriel_vma_refusals
};

enum oriel_vma_record_kind {
	oriel_vma_record_lookup,
	oriel_vma_record_freed, /* `mm` and `vma`: this one is gone */
	oriel_vma_record_space, /* `mm`: this address space is gone */
};

/* What a model needs to find the same hits: everything that the simulation sees, in the order in which it was seen. */
struct oriel_vma_record {
	__u64 mm;
	__u64 vma; /* 0: none */
	__u64 address;
	__u64 start, end;     /* of the VMA */
	__u64 sequence;       /* another number than before, and the caches of threads are empty */
	__u64 space_sequence; /* the same for the caches of the address space */
	__u32 tid;
	__u16 kind; /* enum oriel_vma_record_kind */
	__u16 hits; /* a bit for each policy */
};

#endif
