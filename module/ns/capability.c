// SPDX-License-Identifier: GPL-2.0
/* What this kernel offers to PID spaces and clocks. */
#include <linux/kernel.h>
#include <linux/module.h>

#include "bindings/okb_capability.h"

bool okb_capability_at(u32 index, struct okb_capability *capability)
{
	const struct okb_capability all[] = {
		{"pid-namespaces",
		 IS_ENABLED(CONFIG_PID_NS) ? "the kernel has PID namespaces" : "the kernel has no PID namespaces (CONFIG_PID_NS)",
		 IS_ENABLED(CONFIG_PID_NS)},
		{"time-namespaces",
		 IS_ENABLED(CONFIG_TIME_NS) ? "the kernel has time namespaces" : "the kernel has no time namespaces (CONFIG_TIME_NS)",
		 IS_ENABLED(CONFIG_TIME_NS)},
		{"kprobes", IS_ENABLED(CONFIG_KPROBES) ? "the kernel has kprobes" : "the kernel has no kprobes (CONFIG_KPROBES)",
		 IS_ENABLED(CONFIG_KPROBES)},
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
