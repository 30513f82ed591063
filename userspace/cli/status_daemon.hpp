// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {

// What orield said of itself and its BPF programs; nothing where none runs.
void print_daemon(const std::optional<nlohmann::ordered_json> &told);

} // namespace oriel
