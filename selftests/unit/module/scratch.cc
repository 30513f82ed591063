// SPDX-License-Identifier: GPL-2.0
#include "scratch.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace oriel::test {

scratch_dir::scratch_dir()
{
	std::string name = ::testing::TempDir() + "/oriel-unit-XXXXXX";
	path_ = ::mkdtemp(name.data());
}

scratch_dir::~scratch_dir()
{
	std::error_code ignored;
	std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path scratch_dir::write(const std::filesystem::path &name, std::string_view text) const
{
	const auto path = path_ / name;
	std::filesystem::create_directories(path.parent_path());
	std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
	return path;
}

std::filesystem::path scratch_dir::write(const std::filesystem::path &name, byte_view data) const
{
	return write(name, std::string_view(reinterpret_cast<const char *>(data.data()), data.size()));
}

} // namespace oriel::test
