// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "program_state.hpp"
#include "vma_lock_stats.hpp"
#include "vma_rows.hpp"

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace oriel {

struct vma_report {
	vma_snapshot counted;
	double seconds = 0;
	bool policies = false;
	bool has_real_cache = false;
	std::vector<std::string> unseen;
	std::vector<program_state> programs;
	cgroup_tree cgroups;
	std::optional<vma_lock_stats> of_kernel; // meanwhile, on the whole system
};

// No function could be hooked: page faults are all that was seen, and little of them.
bool is_degraded(const vma_report &report);
// Sums, then a table; without `by`, one of processes and one of control groups.
void print(const vma_report &report, std::optional<vma_by> by = {});
// What is lost and what is not seen, as lines.
std::vector<std::string> vma_remarks(const vma_report &report);
// Processes and control groups are always there, threads only if asked for.
nlohmann::ordered_json to_json(const vma_report &report, std::optional<vma_by> by = {});

} // namespace oriel
