// SPDX-License-Identifier: GPL-2.0
#include "program_json.hpp"

#include <nlohmann/json.hpp>

namespace oriel {

nlohmann::ordered_json to_json(const std::vector<program_state> &programs)
{
	nlohmann::ordered_json list = nlohmann::ordered_json::array();
	for (const program_state &state : programs)
		list.push_back({{"name", state.name},
				{"hook", state.hook},
				{"attached", state.attached},
				{"reason", state.reason},
				{"misses", state.misses}});
	return list;
}

} // namespace oriel
