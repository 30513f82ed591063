// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "bindings/okb_memory.h"

void *okb_alloc(unsigned long size)
{
	might_sleep();
	return kzalloc(size, GFP_KERNEL);
}

void okb_free(void *memory)
{
	kfree(memory);
}

void okb_synchronize(void)
{
	synchronize_rcu();
}
