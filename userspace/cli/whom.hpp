// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "counted_whom.hpp"
#include "error.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace oriel {

// Whose events are counted, as the options of several verbs say.
struct whom {
	pid_t process = 0;
	std::string cgroup;

	void add_options(CLI::App &verb);
	// Fails where there is no such process or control group. `waiter` ends with the process, whose number may become another's.
	result<counted_whom> find(supervisor &waiter) const;
	// Once the programs count: fails if the process had ended before.
	result<std::monostate> check(const supervisor &waiter) const;
};

} // namespace oriel
