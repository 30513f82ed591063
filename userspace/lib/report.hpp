// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_state.hpp"
#include "report_source.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// What is known of the modules of the machine that was recorded, if no recording tells: them, or why they are not known.
struct report_modules {
	module_states seen;
	std::string why_not; // a sentence; empty where they are known
};

// Looks at this machine, if it is the one that was recorded and no recording tells.
report_modules look_at_modules(const std::vector<report_side> &sides);

// The report: {"version": 1, "oriel", "made", "sides": [{"name", "recordings": [...]}], "sections": [{"title", "story": [{"text", "weight"}],
// "unseen": [...], "charts": [...], "tables": [...]}]}; charts and tables as in report_table.hpp. `made_ns` since 1970.
nlohmann::ordered_json make_report(const std::vector<report_side> &sides, const report_modules &modules, std::uint64_t made_ns);

} // namespace oriel
