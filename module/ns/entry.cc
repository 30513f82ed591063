// SPDX-License-Identifier: GPL-2.0
/* The trampolines of oriel_ns.ko. */
#include "bindings/okb_capability.h"
#include "bindings/okb_netlink.h"
#include "kcore/message.h"
#include "uapi/linux/oriel.h"
#include "uapi/linux/oriel_netlink.h"

using namespace oriel;

extern "C" int oriel_netlink_row(u32 command, const char *, okb_cursor *cursor, okb_message *message)
{
	if (command == ORIEL_CMD_CAPABILITY)
		return report_capability(*cursor, message);
	if (cursor->major)
		return 0;
	return report_module_status("oriel_ns", "", *cursor, message);
}

extern "C" int oriel_netlink_event(u32, void *, okb_message *)
{
	return error{errc::not_supported}.negative();
}
