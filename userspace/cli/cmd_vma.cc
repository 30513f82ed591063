// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"

namespace oriel {

void add_vma_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("vma", "See page faults and lookups of memory mappings, and what caches of them would do");
	noun->require_subcommand(1);
	noun->fallthrough();
	add_vma_record(*noun, ctx);
	add_vma_show(*noun, ctx);
	add_vma_top(*noun, ctx);
	add_vma_replay(*noun, ctx);
}

} // namespace oriel
