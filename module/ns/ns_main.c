// SPDX-License-Identifier: GPL-2.0
/* oriel_ns.ko: PID spaces and clocks.  So far it reports what this kernel would let them do. */
#include <linux/init.h>
#include <linux/module.h>

#include "bindings/okb_netlink.h"

static int __init oriel_ns_init(void)
{
	return okb_netlink_start();
}

static void __exit oriel_ns_exit(void)
{
	okb_netlink_stop();
}

module_init(oriel_ns_init);
module_exit(oriel_ns_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PID spaces and clocks for stock kernels");
MODULE_VERSION(ORIEL_VERSION);
