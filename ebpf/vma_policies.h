/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What caches of VMAs would have made of a lookup, one for each policy of vma_cache.h.  It calls nothing of the kernel's, and takes no lock:
 * those of a thread are used by it alone, those of an address space as the kernel used its own.
 */
#ifndef ORIEL_VMA_POLICIES_H
#define ORIEL_VMA_POLICIES_H

#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "vma_cache.h"

/* The caches of one thread.  A slot holds the address of a VMA, which is never followed: it is compared. */
struct thread_state {
	struct oriel_vma_counters counters;
	u64 id;
	u64 read;     /* the last reading that found it */
	u64 ended;    /* what it counted is being taken over */
	u64 readings; /* counted for the barrier in it */
	u64 mm;
	u64 sequence;
	u64 thread1;
	u64 thread2_page[2];
	u64 thread4_page[4];
	u64 thread8_page[8];
	u64 thread16_page[16];
	u64 thread4_pmd[4];
	u64 lru[16]; /* the last one first */
	u64 pointer; /* see as_number() */
	u32 real;    /* what the kernel's own cache said to the lookup that is going on: 0 nothing, 1 a miss, 2 a hit */
};

/* The caches of one address space, and when those of its threads became invalid. */
struct mm_state {
	u64 sequence; /* starts from the clock: an address space at the address of a former one has another */
	u64 last;
	u64 largest;
	u64 largest_bytes;
	u32 unmapping; /* thread inside an unmapping that has been accounted for as a whole */
};

#define PAGE_SHIFT 12
#define PMD_SHIFT 21

/* 1 if equal, else 0, without a branch: with branches the chains below have more paths than the verifier of 5.10 follows. */
static __always_inline u64 equal(u64 a, u64 b)
{
	u64 difference = a ^ b, negative = -difference;

	asm volatile("" : "+r"(negative));
	return ((difference | negative) >> 63) ^ 1;
}

/* A cache whose slot is chosen by a number: hits if any slot holds the VMA, else takes it into the chosen one. */
static __always_inline u64 look_in(u64 *slots, u32 count, u64 number, u64 vma, u64 inside)
{
	u64 found = 0;
	u32 i;

#pragma unroll
	for (i = 0; i < count; i++)
		found |= equal(slots[i], vma);
	found &= inside;
	if (!found)
		slots[number & (count - 1)] = vma;
	return found;
}

#define BIT(policy) (1ul << (policy))

/*
 * To the front; those before its old place move on by one.  What a shorter cache would hold is the front of this one: so one serves all
 * lengths, and gives a bit for each that hits.
 */
static __always_inline u64 look_in_lru(u64 *slots, u64 vma, u64 inside)
{
	u64 before = vma, behind = 0, hits = 0; /* `behind`: all bits, once its old place is behind us */
	u32 i;

#pragma unroll
	for (i = 0; i < 16; i++) {
		u64 here = slots[i];

		slots[i] = (here & behind) | (before & ~behind);
		before = here;
		behind |= -equal(here, vma);
		if (i == 1)
			hits |= behind & BIT(oriel_vma_thread2_lru);
		if (i == 3)
			hits |= behind & BIT(oriel_vma_thread4_lru);
		if (i == 7)
			hits |= behind & BIT(oriel_vma_thread8_lru);
	}
	hits |= behind & BIT(oriel_vma_thread16_lru);
	return hits & -inside;
}

static __always_inline void empty_caches(struct thread_state *thread)
{
	thread->thread1 = 0;
	__builtin_memset(thread->thread2_page, 0, sizeof(thread->thread2_page));
	__builtin_memset(thread->thread4_page, 0, sizeof(thread->thread4_page));
	__builtin_memset(thread->thread8_page, 0, sizeof(thread->thread8_page));
	__builtin_memset(thread->thread16_page, 0, sizeof(thread->thread16_page));
	__builtin_memset(thread->thread4_pmd, 0, sizeof(thread->thread4_pmd));
	__builtin_memset(thread->lru, 0, sizeof(thread->lru));
}

struct lookup {
	u64 mm, address;
	u64 vma;        /* 0: none was found */
	u64 start, end; /* of the VMA */
};

/* In the caches of the address space: without a lock, as the kernel's own was.  A bit for each policy that hits. */
static __always_inline u64 look_in_space(struct mm_state *state, const struct lookup *at, u64 inside)
{
	u64 last = equal(state->last, at->vma), largest = equal(state->largest, at->vma), bytes = at->end - at->start;

	state->last = at->vma;
	if (!largest && bytes > state->largest_bytes) {
		state->largest = at->vma;
		state->largest_bytes = bytes;
	}
	return -inside & (last << oriel_vma_last | (last | largest) << oriel_vma_last_or_largest);
}

#define THREAD_POLICIES (BIT(oriel_vma_policies) - BIT(oriel_vma_thread1))

static __always_inline u64 look_in_thread(struct thread_state *thread, const struct lookup *at, u64 inside)
{
	u64 vma = at->vma, page = at->address >> PAGE_SHIFT, pmd = at->address >> PMD_SHIFT;

	/* The one of the last lookup is in each cache already, and in front: nothing moves. */
	if (thread->thread1 == vma && inside)
		return THREAD_POLICIES;
	thread->thread1 = vma;
	return look_in(thread->thread2_page, 2, page, vma, inside) << oriel_vma_thread2_page |
	       look_in(thread->thread4_page, 4, page, vma, inside) << oriel_vma_thread4_page |
	       look_in(thread->thread8_page, 8, page, vma, inside) << oriel_vma_thread8_page |
	       look_in(thread->thread16_page, 16, page, vma, inside) << oriel_vma_thread16_page |
	       look_in(thread->thread4_pmd, 4, pmd, vma, inside) << oriel_vma_thread4_pmd | look_in_lru(thread->lru, vma, inside);
}

#endif
