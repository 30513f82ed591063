// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <filesystem>
#include <string_view>

namespace oriel::test {

// A folder that is gone with the object.
class scratch_dir {
public:
	scratch_dir();
	~scratch_dir();
	scratch_dir(const scratch_dir &) = delete;
	scratch_dir &operator=(const scratch_dir &) = delete;

	const std::filesystem::path &path() const { return path_; }
	std::filesystem::path operator/(const std::filesystem::path &name) const { return path_ / name; }

	// Writes a file, with the folders above it.
	std::filesystem::path write(const std::filesystem::path &name, std::string_view text) const;
	std::filesystem::path write(const std::filesystem::path &name, byte_view data) const;

private:
	std::filesystem::path path_;
};

} // namespace oriel::test
