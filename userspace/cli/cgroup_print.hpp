// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_links.hpp"
#include "cgroup_tree.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// What `oriel cgroup links` shows.
struct cgroup_view {
	cgroup_linkage linkage;
	std::map<std::uint32_t, std::string> hierarchies; // their controllers and names
	cgroup_tree tree;                                 // for the paths of the unified hierarchy
	std::vector<oriel_cgroup_task> tasks;             // of the process that was asked for
	bool by_set = false;
	bool by_cgroup = false;
	pid_t process = 0;
};

void print(const cgroup_view &view);
nlohmann::ordered_json to_json(const cgroup_view &view);

} // namespace oriel
