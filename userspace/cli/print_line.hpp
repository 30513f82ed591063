// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace oriel {

// One line on stdout, at once: whoever reads along sees it when it happens. Never throws.
void print_line(const std::string &line);

// The same for JSON, an object in one line.
void print_json_line(const nlohmann::ordered_json &json);

// Whether stdout takes nothing any more: the reader has gone, or the disk is full.
bool output_is_gone();

// At the end: why what was printed did not arrive, empty where that is not known. Nothing if it has, or if its reader has
// gone, who wants no more.
std::optional<std::string> why_output_is_lost();

} // namespace oriel
