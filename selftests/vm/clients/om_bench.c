// SPDX-License-Identifier: GPL-2.0
/*
 * One probe point of each kind with the same arguments, called in a loop with interrupts off.  Writing the kind to `run` leaves in `calls`
 * and `ns` how often it was called and how long that took; under --icount a nanosecond is an instruction.
 */
#include <oriel/marker.h>

#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "om_bench_trace.h"

#define CALLS 2000

static unsigned int calls = CALLS;
static unsigned long long ns;
module_param(calls, uint, 0444);
module_param(ns, ullong, 0444);

/* Functions of their own, so that each loop differs in the probe alone and a kprobe has a line to stand on. */
noinline void om_bench_nothing(int count, const char *name);
noinline void om_bench_marker(int count, const char *name);
noinline void om_bench_tracepoint(int count, const char *name);
noinline void om_bench_kprobe(int count, const char *name);

noinline void om_bench_nothing(int count, const char *name)
{
	barrier();
}

noinline void om_bench_marker(int count, const char *name)
{
	oriel_mark(om_bench, marker, "count=%d name=%s", count, name);
}

noinline void om_bench_tracepoint(int count, const char *name)
{
	trace_om_bench_event(count, name);
}

noinline void om_bench_kprobe(int count, const char *name)
{
	barrier();
}

static void measure(void (*probe)(int, const char *))
{
	unsigned long flags;
	unsigned int i;
	u64 start;

	local_irq_save(flags);
	probe(0, "warm");
	start = ktime_get_ns();
	for (i = 0; i < CALLS; i++)
		probe(i, "a name of 20 letters");
	ns = ktime_get_ns() - start;
	local_irq_restore(flags);
}

static int run_set(const char *value, const struct kernel_param *param)
{
	if (sysfs_streq(value, "nothing"))
		measure(om_bench_nothing);
	else if (sysfs_streq(value, "marker"))
		measure(om_bench_marker);
	else if (sysfs_streq(value, "tracepoint"))
		measure(om_bench_tracepoint);
	else if (sysfs_streq(value, "kprobe"))
		measure(om_bench_kprobe);
	else
		return -EINVAL;
	return 0;
}

static const struct kernel_param_ops run_ops = {.set = run_set};
module_param_cb(run, &run_ops, NULL, 0200);

static int __init om_bench_init(void)
{
	return 0;
}

static void __exit om_bench_exit(void) {}

module_init(om_bench_init);
module_exit(om_bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Measures a marker against a TRACE_EVENT and a kprobe");
