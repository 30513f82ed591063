// SPDX-License-Identifier: GPL-2.0
/* The capabilities of oriel.ko. */
#include <linux/kernel.h>
#include <linux/module.h>

#include "bindings/okb_capability.h"

static bool lender_answers;

void okb_capability_set_events(bool available)
{
	lender_answers = available;
}

bool okb_capability_at(u32 index, struct okb_capability *capability)
{
	const struct okb_capability all[] = {
		{"markers", IS_ENABLED(CONFIG_JUMP_LABEL) ? "found through jump-table entries" : "the kernel has no jump labels",
		 IS_ENABLED(CONFIG_JUMP_LABEL)},
		{"typed-events",
		 lender_answers ? "trace events made at run time"
				: "the kernel dropped oriel.ko's own trace event, because oriel.ko has a bad taint",
		 lender_answers},
		{"perf", IS_ENABLED(CONFIG_PERF_EVENTS) ? "the events reach perf" : "the kernel has no perf events",
		 lender_answers && IS_ENABLED(CONFIG_PERF_EVENTS)},
		{"bpf", IS_ENABLED(CONFIG_BPF_EVENTS) ? "the events reach BPF programs" : "the kernel has no BPF events",
		 lender_answers && IS_ENABLED(CONFIG_BPF_EVENTS)},
		{"wake-loaded", lender_answers ? "late registration of dropped trace events" : "it needs typed-events", lender_answers},
		{"wake-loading", "the taint of an allowed module is hidden while the kernel sets up its trace events", true},
	};

	if (index >= ARRAY_SIZE(all))
		return false;
	*capability = all[index];
	return true;
}

const char *okb_module_version(void)
{
	return THIS_MODULE->version;
}
