// SPDX-License-Identifier: GPL-2.0
/* The trampolines of orielfs.ko. */
#include "bindings/okb_netlink.h"
#include "fs/report.h"
#include "kcore/message.h"
#include "kcore/mint.h"

using namespace oriel;

extern "C" int oriel_netlink_row(u32 command, const char *, okb_cursor *cursor, okb_message *message)
{
	if (command == ORIEL_CMD_STATUS)
		return cursor->major ? 0 : report_module_status("orielfs", "", *cursor, message);
	if (command == ORIEL_CMD_CAPABILITY)
		return report_capability(*cursor, message);
	if (command == ORIEL_CMD_MOUNT) {
		const process_context ctx = mint::process();
		return report_mount(ctx, *cursor, message);
	}
	return error{errc::not_supported}.negative();
}

extern "C" int oriel_netlink_event(u32, void *, okb_message *)
{
	return error{errc::not_supported}.negative();
}
