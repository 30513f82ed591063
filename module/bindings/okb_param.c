// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "bindings/okb_param.h"

static int policy_set(const char *value, const struct kernel_param *param)
{
	return oriel_marker_policy_set(value);
}

static int policy_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", oriel_marker_policy_get());
}

static const struct kernel_param_ops policy_ops = {.set = policy_set, .get = policy_get};
module_param_cb(marker_policy, &policy_ops, NULL, 0644);
MODULE_PARM_DESC(marker_policy, "which modules may register markers: any, not-proprietary (default), not-forced, signed");
