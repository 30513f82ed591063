// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"

namespace oriel {

void add_marker_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("marker", "See and record what modules mark, and the trace events that the kernel dropped");
	noun->require_subcommand(1);
	noun->fallthrough();
	add_marker_list(*noun, ctx);
	add_marker_info(*noun, ctx);
	add_marker_arm(*noun, ctx);
	add_marker_disarm(*noun, ctx);
	add_marker_record(*noun, ctx);
	add_marker_stat(*noun, ctx);
}

} // namespace oriel
