// SPDX-License-Identifier: GPL-2.0
/* oriel.ko: markers, module verdicts, control.  Parts start as a ladder and stop in reverse. */
#include <linux/init.h>
#include <linux/module.h>

#include "bindings/okb_capability.h"
#include "bindings/okb_device.h"
#include "bindings/okb_event.h"
#include "bindings/okb_netlink.h"
#include "marker/entry.h"

static int __init oriel_init(void)
{
	int status = okb_event_start();

	/* Markers and verdicts work without events of our own; the capability says that these are missing. */
	if (status && status != -ENODEV)
		return status;
	okb_capability_set_events(!status);
	status = oriel_marker_start();
	if (status)
		goto stop_event;
	status = okb_netlink_start();
	if (status)
		goto stop_marker;
	status = okb_device_start();
	if (status)
		goto stop_netlink;
	return 0;

stop_netlink:
	okb_netlink_stop();
stop_marker:
	oriel_marker_stop();
stop_event:
	okb_event_stop();
	return status;
}

static void __exit oriel_exit(void)
{
	okb_device_stop();
	okb_netlink_stop();
	oriel_marker_stop();
	okb_event_stop();
}

module_init(oriel_init);
module_exit(oriel_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Markers and module verdicts for stock kernels");
MODULE_VERSION(ORIEL_VERSION);
