/* SPDX-License-Identifier: GPL-2.0 */
/* The whole of a test module, but for what makes it special. */
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "ov_trace.h"

static int __init ov_init(void)
{
	trace_ov_tick(1);
	return 0;
}

static void __exit ov_exit(void) {}

module_init(ov_init);
module_exit(ov_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test module of the verdicts");
