// SPDX-License-Identifier: GPL-2.0
/* Says that it is proprietary, to be refused by policy.  It includes no tracing header, since those need GPL-only symbols. */
#include <oriel/marker.h>

#include "om_fire.h"

static void om_fire(unsigned int i)
{
	oriel_mark(om_proprietary, tick, "i=%u", i);
}

static int __init om_proprietary_init(void)
{
	return 0;
}

static void __exit om_proprietary_exit(void) {}

module_init(om_proprietary_init);
module_exit(om_proprietary_exit);
MODULE_LICENSE("Proprietary");
MODULE_DESCRIPTION("Test client: a module that calls itself proprietary");
