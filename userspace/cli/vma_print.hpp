// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_tree.hpp"
#include "vma_collector.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

struct vma_report {
	vma_snapshot counted;
	double seconds;
	bool policies;
	bool has_real_cache;
	std::vector<std::string> unseen;
	std::vector<program_state> programs;
	cgroup_tree cgroups;
};

void print(const vma_report &report);
nlohmann::ordered_json to_json(const vma_report &report);

} // namespace oriel
