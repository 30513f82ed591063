// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cut_map.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace oriel {

// "cut, 160 bytes in 4 extents; lower file 42,411 bytes; checkpoint 1 and 1 change behind it".
std::string summary_of(const cut_map &map);

void print_extents(const cut_map &map);

// Two lines of 64 cells. That of the lower file has letters, by place, where bytes are in use; that of the file has for its bytes the letter of
// their place: so one sees what was moved. "." is a hole, "-" is set aside and not written.
std::vector<std::string> picture_of(const cut_map &map);

// Of one file, without its extents.
nlohmann::ordered_json to_json(const std::string &path, const cut_map &map);
nlohmann::ordered_json extents_json(const cut_map &map);

} // namespace oriel
