// SPDX-License-Identifier: GPL-2.0
#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/ktime.h>

#include "bindings/okb_key.h"

struct okb_counters {
	u64 count[okb_counts];
};

void okb_key_enable(void *key)
{
	static_key_enable(key);
}

void okb_key_disable(void *key)
{
	static_key_disable(key);
}

struct okb_counters *okb_counters_alloc(void)
{
	return (struct okb_counters *)(__force unsigned long)alloc_percpu(struct okb_counters);
}

static struct okb_counters __percpu *per_cpu_counters(struct okb_counters *counters)
{
	return (__force struct okb_counters __percpu *)(unsigned long)counters;
}

void okb_counters_free(struct okb_counters *counters)
{
	free_percpu(per_cpu_counters(counters));
}

/* notrace: this runs in every context that a marker may stand in. */
notrace void okb_counters_add(struct okb_counters *counters, enum okb_count which)
{
	this_cpu_inc(per_cpu_counters(counters)->count[which]);
}

u64 okb_counters_read(struct okb_counters *counters, enum okb_count which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(per_cpu_counters(counters), cpu)->count[which]);
	return sum;
}

notrace u64 okb_clock_ns(void)
{
	return ktime_get_mono_fast_ns();
}
