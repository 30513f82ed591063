// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <filesystem>

namespace oriel {

enum class compression { none, xz, zstd };

const char *to_string(compression kind);

// The largest module that is read, in bytes, before and after decompression. The largest modules that
// distributions ship with debug information are a third of it.
inline constexpr std::size_t max_module_size = std::size_t{1} << 30;

struct module_image {
	bytes content; // decompressed
	compression packed = compression::none;
};

// Tells the compression by the first bytes, not by the file's name.
compression compression_of(byte_view data);

// Unpacks `data`; `name` is for messages only. Refuses what would unpack to more than `limit` bytes.
result<bytes> decompress(byte_view data, const std::string &name, std::size_t limit = max_module_size);

// Reads a regular file whole and unpacks it where it is compressed.
result<module_image> read_module_image(const std::filesystem::path &path);

} // namespace oriel
