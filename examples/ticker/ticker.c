// SPDX-License-Identifier: GPL-2.0
/* A module as somebody writes it: a timer, a TRACE_EVENT, and an Oriel marker beside it.  `make demo` loads it in a way that the kernel
 * drops its TRACE_EVENT for, without a word. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

#include <oriel/marker.h>

#define CREATE_TRACE_POINTS
#include "ticker_trace.h"

#define PERIOD (HZ / 20)

static struct timer_list timer;
static unsigned long expected;
static unsigned int count;

static void tick(struct timer_list *unused)
{
	unsigned long late = jiffies - expected;

	trace_ticker_tick(count, late);
	if (count % 5 == 0)
		oriel_mark(ticker, fifth, "count=%u late=%lu who=%s", count, late, current->comm);
	count++;
	expected = jiffies + PERIOD;
	mod_timer(&timer, expected);
}

static int __init ticker_init(void)
{
	timer_setup(&timer, tick, 0);
	expected = jiffies + PERIOD;
	mod_timer(&timer, expected);
	return 0;
}

static void __exit ticker_exit(void)
{
	timer_delete_sync(&timer);
}

module_init(ticker_init);
module_exit(ticker_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Example: ticks twenty times a second");
