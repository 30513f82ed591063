// SPDX-License-Identifier: GPL-2.0
/* Calls a function that no kernel has. */
#include <linux/module.h>

void ov_nowhere(void);

static int __init ov_init(void)
{
	ov_nowhere();
	return 0;
}

module_init(ov_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test module of the verdicts, with a symbol that no kernel exports");
