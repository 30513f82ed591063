// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_tree.hpp"
#include "command.hpp"
#include "lock_collector.hpp"

namespace oriel {

// One function per verb of `oriel lock`.
void add_lock_record(CLI::App &noun, context &ctx);
void add_lock_show(CLI::App &noun, context &ctx);
void add_lock_top(CLI::App &noun, context &ctx);

// Whose waits are counted, as options of several verbs.
struct lock_target {
	pid_t process = 0;
	std::string cgroup;

	void add_options(CLI::App &verb);
	// Fails where there is no such process or control group.
	result<lock_request> request() const;
};

// --class, for what is printed.
void add_lock_class(CLI::App &verb, std::string &lock_class);

// What folded_stacks() gives, into a file, which is overwritten.
result<std::monostate> write_folded(const std::string &path, const lock_snapshot &counted);

} // namespace oriel
