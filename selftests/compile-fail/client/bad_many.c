// SPDX-License-Identifier: GPL-2.0
// EXPECT: at most 12 arguments
#include <oriel/marker.h>

#include <linux/module.h>

void place(u64 wide, const char *text);
void place(u64 wide, const char *text)
{
	oriel_mark(om, tick, "a=%d b=%d c=%d d=%d e=%d f=%d g=%d h=%d i=%d j=%d k=%d l=%d m=%d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
}

MODULE_LICENSE("GPL");
