// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cut_map.hpp"

#include <functional>
#include <string>

namespace oriel {

// Calls `see` for each regular file in and below a directory, or for the file itself, whose size is one that cut files have; others are not even
// opened, unless `all` are to be. Symbolic links are not followed, nor are mount points entered. What cannot be read is told to `failed`. False
// from either ends it.
void walk_cut_files(const std::string &path, bool all, const std::function<bool(const std::string &path, const cut_map &map)> &see,
		    const std::function<bool(const error &why)> &failed);

// Opens a regular file, never waiting for anybody, and reads its map.
result<cut_map> read_cut_map(const std::string &path);

} // namespace oriel
