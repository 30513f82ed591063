// SPDX-License-Identifier: GPL-2.0
/* Warns when it is loaded and leaves the kernel alive: a splat that the command's status does not show. */
#include <linux/module.h>

static int __init warn_init(void)
{
	WARN(1, "meant by a test of the runner\n");
	return 0;
}

static void __exit warn_exit(void) {}

module_init(warn_init);
module_exit(warn_exit);
MODULE_DESCRIPTION("warns when it is loaded");
MODULE_LICENSE("GPL");
