// SPDX-License-Identifier: GPL-2.0
/* Markers of every kind of argument, and one name at two sites. */
#include <oriel/marker.h>

#include "om_fire.h"

static void om_fire(unsigned int i)
{
	char name[16];

	snprintf(name, sizeof(name), "item%u", i);
	oriel_mark(om, tick, "count=%d name=%s", (int)i - 1, name);
	oriel_mark(om, kinds, "c=%c hd=%hd u=%u lx=%lx llu=%llu p=%p s=%s", 'a' + (int)i, (short)-2, i, 0xabcdUL, 1ULL << 40,
		   (void *)&om_fire, i ? "text" : NULL);
	oriel_mark(om, bare, "");
	oriel_mark(om, twice, "place=%d", 1);
	oriel_mark(om, twice, "place=%d", 2);
}

static int __init om_basic_init(void)
{
	return 0;
}

static void __exit om_basic_exit(void) {}

module_init(om_basic_init);
module_exit(om_basic_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: markers from C");
