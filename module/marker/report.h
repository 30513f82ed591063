/* SPDX-License-Identifier: GPL-2.0 */
/* What netlink answers: each function writes the row at the cursor and advances it.  1 written, 0 no more, or a negative errno. */
#pragma once

#include "bindings/okb_netlink.h"
#include "marker/registry.h"

namespace oriel {

int report_marker(const process_context &ctx, const registry &all, okb_cursor &cursor, okb_message *message);
int report_module(const process_context &ctx, const registry &all, const char *selected, okb_cursor &cursor, okb_message *message);
int report_module_event(const char *selected, okb_cursor &cursor, okb_message *message);
int report_arm(const registry &all, okb_cursor &cursor, okb_message *message);
int report_refusal(const registry &all, okb_cursor &cursor, okb_message *message);

/* One module as it is now: 0 or a negative errno. */
int write_module(const process_context &ctx, const registry &all, okb_module *module, okb_message *message);

} // namespace oriel
