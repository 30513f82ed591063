/* SPDX-License-Identifier: GPL-2.0 */
/* Writing N to the parameter `fire` calls om_fire(i) for i = 0 .. N-1. */
#ifndef OM_FIRE_H
#define OM_FIRE_H

#include <linux/module.h>

static void om_fire(unsigned int i);

static int om_fire_set(const char *value, const struct kernel_param *param)
{
	unsigned int count, i;
	int status = kstrtouint(value, 0, &count);

	for (i = 0; !status && i < count; i++)
		om_fire(i);
	return status;
}

static const struct kernel_param_ops om_fire_ops = {.set = om_fire_set};
module_param_cb(fire, &om_fire_ops, NULL, 0200);

#endif
