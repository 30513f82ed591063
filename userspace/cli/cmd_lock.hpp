// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"
#include "lock_collector.hpp"
#include "whom.hpp"

namespace oriel {

// One function per verb of `oriel lock`.
void add_lock_record(CLI::App &noun, context &ctx);
void add_lock_show(CLI::App &noun, context &ctx);
void add_lock_top(CLI::App &noun, context &ctx);

// What is counted, as the options of record and top say.
struct lock_options {
	whom target;
	std::uint32_t table_size = lock_request{}.table_size;

	void add_to(CLI::App &verb);
	// Fails as whom::find() does; nothing is attached yet.
	result<lock_request> request(supervisor &waiter) const;
};

// --class, for what is printed.
void add_lock_class(CLI::App &verb, std::string &lock_class);

// What folded_stacks() gives, into a file, which is overwritten.
result<std::monostate> write_folded(const std::string &path, const lock_snapshot &counted);

} // namespace oriel
