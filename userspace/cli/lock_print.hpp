// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"
#include "cgroup_tree.hpp"
#include "lock_snapshot.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// What `oriel lock` shows.
struct lock_report {
	lock_snapshot counted;
	double seconds;
	std::vector<std::string> unseen;
	std::vector<program_state> programs;
	cgroup_tree cgroups;
	bool one_class = false; // whether only one class was kept, of which coverage knows nothing
};

// Drops the waits of all other classes.
void keep_class(lock_report &report, const std::string &lock_class);

// What lines of a table may stand for: "lock", "caller", "process", "cgroup", "owner"; and the text of such a line.
std::vector<std::string> lock_row_kinds();
std::function<std::string(const lock_row &)> lock_row_text(const std::string &kind, const cgroup_tree &cgroups);

void print(const lock_report &report);
nlohmann::ordered_json to_json(const lock_report &report);

// "outermost;...;innermost;LOCK NANOSECONDS" in each line, as flamegraph.pl and speedscope read it.
std::string folded_stacks(const lock_snapshot &counted);

} // namespace oriel
