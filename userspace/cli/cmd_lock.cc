// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"

namespace oriel {

void add_lock_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("lock", "See who waits for which locks of the kernel, how long, and for whom");
	noun->require_subcommand(1);
	noun->fallthrough();
	add_lock_record(*noun, ctx);
}

} // namespace oriel
