// SPDX-License-Identifier: GPL-2.0
/* Markers where a module comes and goes. */
#include <oriel/marker.h>

#include <linux/module.h>

static bool fail;
module_param(fail, bool, 0);
MODULE_PARM_DESC(fail, "let init fail");

static int __init om_init_init(void)
{
	oriel_mark(om_init, born, "fail=%d", fail);
	return fail ? -EIO : 0;
}

static void __exit om_init_exit(void)
{
	oriel_mark(om_init, died, "");
}

module_init(om_init_init);
module_exit(om_init_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: markers in init and exit");
