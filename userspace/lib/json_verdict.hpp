// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "verdict.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// The forms that `oriel module ... --json` prints; Documentation/man/oriel-module.1.md describes them.
nlohmann::ordered_json to_json(const module_file &module);
nlohmann::ordered_json to_json(const kernel_facts &kernel);
nlohmann::ordered_json to_json(const loaded_facts &loaded, file_match match);
nlohmann::ordered_json to_json(const verdict &judged);

} // namespace oriel
