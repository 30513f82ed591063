// SPDX-License-Identifier: GPL-2.0
/* A module with trace events of its own and markers, to be loaded in ways that the kernel drops its trace events for. */
#include <oriel/marker.h>

#include <linux/delay.h>
#include <linux/kstrtox.h>

#include "om_fire.h"

#define CREATE_TRACE_POINTS
#include "om_victim_trace.h"

static void om_fire(unsigned int i)
{
	trace_om_request(i, i & 1 ? "out" : "in");
	oriel_mark(om_victim, request, "number=%u direction=%s", i, i & 1 ? "out" : "in");
	trace_om_done(i);
}

static bool alien;
module_param(alien, bool, 0);
MODULE_PARM_DESC(alien, "look as if built against another layout of struct trace_event_class");

static int come_slowly(const char *value, const struct kernel_param *parameter)
{
	unsigned int ms;
	int status = kstrtouint(value, 0, &ms);

	if (!status)
		msleep(ms);
	return status;
}

static const struct kernel_param_ops slow_ops = {.set = come_slowly};
module_param_cb(slow, &slow_ops, NULL, 0);
MODULE_PARM_DESC(slow, "milliseconds between its being announced and its being found");

static int __init om_victim_init(void)
{
	if (alien)
		event_class_om_request.raw_init = (void *)event_class_om_request.fields_array;
	trace_om_request(1000, "init");
	return 0;
}

static void __exit om_victim_exit(void) {}

module_init(om_victim_init);
module_exit(om_victim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test victim: its trace events are dropped when it is force-loaded");
