// SPDX-License-Identifier: GPL-2.0
/* What this kernel lets orielfs pass through. */
#include <linux/kernel.h>
#include <linux/module.h>

#include "bindings/okb_capability.h"

bool okb_capability_at(u32 index, struct okb_capability *capability)
{
	const struct okb_capability all[] = {
		{"acl",
		 IS_ENABLED(CONFIG_FS_POSIX_ACL) ? "the kernel has POSIX access control lists"
						 : "the kernel has no POSIX access control lists (CONFIG_FS_POSIX_ACL)",
		 IS_ENABLED(CONFIG_FS_POSIX_ACL)},
		{"aio", IS_ENABLED(CONFIG_AIO) ? "the kernel has io_submit()" : "the kernel has no io_submit() (CONFIG_AIO)",
		 IS_ENABLED(CONFIG_AIO)},
		{"io-uring", IS_ENABLED(CONFIG_IO_URING) ? "the kernel has io_uring" : "the kernel has no io_uring (CONFIG_IO_URING)",
		 IS_ENABLED(CONFIG_IO_URING)},
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
