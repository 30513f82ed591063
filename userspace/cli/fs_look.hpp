// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <optional>
#include <string>

// What orielfs.ko tells of a regular file: struct oriel_fs_look.
namespace oriel {

struct fs_look {
	std::string mode; // "identity", "piecewise", "cached"
	bool cut = false; // else the rest is 0
	std::uint32_t extents = 0;
	std::uint64_t allocated = 0; // bytes
	std::uint64_t memory = 0;    // bytes
	std::uint64_t pending = 0;   // changes that are not durable
};

// Opens the file, never waiting for anybody. Nothing of what is no regular file; fails for one that is not on orielfs.
result<std::optional<fs_look>> look_at_file(const std::string &path);

} // namespace oriel
