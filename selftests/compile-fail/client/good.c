// SPDX-License-Identifier: GPL-2.0
#include <oriel/marker.h>

#include <linux/module.h>

void place(u64 wide, const char *text);
void place(u64 wide, const char *text)
{
	oriel_mark(om, tick, "wide=%llu text=%s", wide, text);
}

MODULE_LICENSE("GPL");
