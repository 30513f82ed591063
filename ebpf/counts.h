/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in a map with one for each processor, by their index; bpf_programs::read_counts() sums them up. */
#ifndef ORIEL_COUNTS_H
#define ORIEL_COUNTS_H

#include "kernel_types.h"
#include <bpf/bpf_helpers.h>

static __always_inline void add_to(void *map, u32 what, u64 number)
{
	u64 *count = bpf_map_lookup_elem(map, &what);

	/* Another of our programs may come in between: in an interrupt, or as the kernel lets them be preempted. */
	if (count)
		__sync_fetch_and_add(count, number);
}

static __always_inline void count_in(void *map, u32 what)
{
	add_to(map, what, 1);
}

#endif
