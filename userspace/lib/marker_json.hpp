// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "marker_inventory.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// In a word: "off", "armed", "enabled" (by tracefs, perf or BPF) or "armed+enabled".
const char *state_of(const marker_message &marker);

// The forms that `oriel marker ... --json` prints; Documentation/man/oriel-marker.1.md describes them.
nlohmann::ordered_json to_json(const marker_message &marker);
nlohmann::ordered_json to_json(const tainted_event &event);
nlohmann::ordered_json inventory_to_json(const marker_inventory &inventory);

} // namespace oriel
