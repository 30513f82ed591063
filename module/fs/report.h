/* SPDX-License-Identifier: GPL-2.0 */
/* What netlink answers about mounts. */
#pragma once

#include "bindings/okb_netlink.h"
#include "kcore/context.h"

namespace oriel {

/* Writes the mount behind the cursor, which holds the id of the last one, and advances it: 1, or 0 if there is none, or a negative errno. */
int report_mount(const process_context &ctx, okb_cursor &cursor, okb_message *message);

} // namespace oriel
