// SPDX-License-Identifier: GPL-2.0
#include "known_lowers.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace oriel {
namespace {

namespace fs = std::filesystem;

mount_point mounted(const std::string &path, const std::string &source, const std::string &type = "orielfs")
{
	mount_point mount;
	mount.path = path;
	mount.type = type;
	mount.source = source;
	return mount;
}

struct known_lowers_ : testing::Test {
	known_lowers_()
	{
		fs::create_directories(home / "a b");
		fs::create_directories(home / "c");
		fs::create_directory_symlink(home / "c", home / "link");
	}
	~known_lowers_() override { fs::remove_all(home); }

	std::string fstab(const std::string &text) const
	{
		std::ofstream(home / "fstab") << text;
		return home / "fstab";
	}
	const fs::path home = fs::canonical(fs::temp_directory_path()) / ("oriel-known-lowers." + std::to_string(::getpid()));
	const std::string none = home / "none";
};

TEST_F(known_lowers_, of_what_is_mounted)
{
	const auto known =
		known_lowers({mounted("/x", home / "c"), mounted("/y", home / "a b", "ext4"), mounted("/z", home / "link")}, none);
	ASSERT_EQ(known.size(), 1u);
	EXPECT_EQ(known[0].directory, home / "c");
	EXPECT_EQ(known[0].mounted_on, (std::vector<std::string>{"/x", "/z"}));
}

TEST_F(known_lowers_, of_fstab)
{
	const std::string text = "# comment\n" + (home / "c").string() + " /x orielfs defaults 0 0\n" + home.string() +
				 "/a\\040b /y orielfs noauto\n" + "/dev/sda / ext4\n";
	const auto known = known_lowers({mounted("/x", home / "c")}, fstab(text));
	ASSERT_EQ(known.size(), 2u);
	EXPECT_EQ(known[0].directory, home / "c");
	EXPECT_EQ(known[1].directory, home / "a b");
	EXPECT_TRUE(known[1].mounted_on.empty());
}

TEST_F(known_lowers_, what_is_not_seen_is_left_out)
{
	EXPECT_TRUE(known_lowers({mounted("/x", "c"), mounted("/y", home / "none"), mounted("/z", "")}, none).empty());
	EXPECT_TRUE(known_lowers({}, fstab("\n\\\norielfs\nc /x orielfs\n" + none + " /x orielfs 0 0\n")).empty());
}

} // namespace
} // namespace oriel
