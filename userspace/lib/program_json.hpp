// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "program_state.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace oriel {

// What became of each BPF program, as all commands, and orield, have it in their JSON.
nlohmann::ordered_json to_json(const std::vector<program_state> &programs);

} // namespace oriel
