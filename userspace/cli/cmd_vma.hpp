// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"
#include "vma_collector.hpp"
#include "whom.hpp"

namespace oriel {

void add_vma_record(CLI::App &noun, context &ctx);
void add_vma_replay(CLI::App &noun, context &ctx);
void add_vma_show(CLI::App &noun, context &ctx);
void add_vma_top(CLI::App &noun, context &ctx);

// What is counted, as the options of record and top say.
struct vma_options {
	whom target;
	bool policies = false;
	std::uint32_t table_size = vma_request{}.table_size;

	void add_to(CLI::App &verb);
	// Fails as whom::find() does; nothing is attached yet.
	result<vma_request> request(supervisor &waiter) const;
};

} // namespace oriel
