// SPDX-License-Identifier: GPL-2.0
/* Takes the name of a marker of om_basic with another format, and names of trace events, and has formats that Oriel refuses. */
#include <oriel/marker.h>

#include "om_fire.h"

static void om_fire(unsigned int i)
{
	oriel_mark(om, tick, "other=%u", i);
	oriel_mark(om_conflict, words, "just words");
	oriel_mark(om_conflict, symbol, "where=%pS", (void *)&om_fire);
	oriel_mark(om_conflict, again, "a=%d a=%d", 1, 2);
	oriel_mark(om_conflict, good, "i=%u", i);
	oriel_mark(sched, sched_switch, "i=%u", i);
	oriel_mark(sched, om_beside, "i=%u", i);
	oriel_mark(om_victim, om_done, "i=%u", i);
}

static int __init om_conflict_init(void)
{
	return 0;
}

static void __exit om_conflict_exit(void) {}

module_init(om_conflict_init);
module_exit(om_conflict_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: markers that are refused");
