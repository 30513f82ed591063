// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oriel {

// Reads a regular file whole, at most `limit` bytes. Never blocks on a FIFO or a device.
result<std::vector<std::byte>> read_file(const std::filesystem::path &path, std::size_t limit);

// Reads a text file of the kernel or the system (also from proc and sysfs, whose sizes are not told
// beforehand); trailing white space is dropped. Nothing where it cannot be read.
std::optional<std::string> read_text(const std::filesystem::path &path, std::size_t limit = std::size_t{64} << 20);

} // namespace oriel
