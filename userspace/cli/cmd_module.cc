// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"

namespace oriel {

void add_module_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("module", "Say of a kernel module whether it loads and can be traced, and why not");
	noun->require_subcommand(1);
	noun->fallthrough();
	add_module_explain(*noun, ctx);
	add_module_list(*noun, ctx);
	add_module_sign(*noun, ctx);
	add_module_watch(*noun, ctx);
	add_module_allow(*noun, ctx);
}

} // namespace oriel
