// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"

#include "option_check.hpp"

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

void vma_options::add_to(CLI::App &verb)
{
	target.add_options(verb);
	constexpr std::uint64_t largest = 1 << 24;
	verb.add_option("--table-size", table_size, "Address spaces, and threads that end between two readings, to have room for (16384)")
		->check(positive_integer(largest));
	verb.add_flag("--policies", policies, "Simulate caches of mappings over the same lookups");
}

result<vma_request> vma_options::request(supervisor &waiter) const
{
	const auto found = target.find(waiter);
	if (!found)
		return found.failure();
	vma_request request{*found};
	request.policies = policies;
	request.table_size = table_size;
	return request;
}

} // namespace oriel
