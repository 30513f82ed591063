// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "fs_look.hpp"
#include "fs_mounts.hpp"

#include <nlohmann/json_fwd.hpp>

namespace oriel {

// `oriel fs list`: a line for each mount point.
void print_mounts(const std::vector<fs_mount> &mounts);
// `oriel fs stat`: what each counted.
void print_counters(const std::vector<fs_mount> &mounts);
// The same for both.
nlohmann::ordered_json to_json(const std::vector<fs_mount> &mounts);

// `oriel fs stat FILE`: how the bytes of a regular file are reached.
void print_look(const std::string &path, const fs_look &look);
nlohmann::ordered_json to_json(const std::string &path, const fs_look &look);

} // namespace oriel
