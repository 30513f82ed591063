// SPDX-License-Identifier: GPL-2.0
#include "lower_path.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace oriel {
namespace {

namespace fs = std::filesystem;

mount_point mounted(const std::string &path, const std::string &type, const std::string &source = "none", const std::string &root = "/")
{
	mount_point mount;
	mount.path = path;
	mount.type = type;
	mount.source = source;
	mount.root = root;
	return mount;
}

TEST(lower_path, the_innermost_mount_counts)
{
	const std::vector<mount_point> table{mounted("/", "ext4"), mounted("/over", "orielfs", "/below"), mounted("/over/disk", "ext4")};
	EXPECT_EQ(orielfs_mount_of("/over/file", table)->path, "/over");
	EXPECT_EQ(orielfs_mount_of("/over", table)->path, "/over");
	EXPECT_FALSE(orielfs_mount_of("/over/disk/file", table));
	EXPECT_FALSE(orielfs_mount_of("/overboard", table));
	EXPECT_FALSE(orielfs_mount_of("/below/file", table));
}

TEST(lower_path, of_mounts_on_one_place_the_last_counts)
{
	EXPECT_FALSE(orielfs_mount_of("/mnt/file", {mounted("/mnt", "orielfs", "/below"), mounted("/mnt", "ext4")}));
	EXPECT_TRUE(orielfs_mount_of("/mnt/file", {mounted("/mnt", "ext4"), mounted("/mnt", "orielfs", "/below")}));
	EXPECT_TRUE(orielfs_mount_of("/file", {mounted("/", "orielfs", "/below")}));
}

struct lower_directory : testing::Test {
	lower_directory()
	{
		fs::create_directories(home / "part");
		std::ofstream(home / "part" / "file") << "bytes";
	}
	~lower_directory() override { fs::remove_all(home); }

	const fs::path home = fs::canonical(fs::temp_directory_path()) / ("oriel-lower-path." + std::to_string(::getpid()));
};

TEST_F(lower_directory, a_path_is_found_below)
{
	EXPECT_EQ(*lower_path_of("/mnt/part/file", mounted("/mnt", "orielfs", home)), home / "part" / "file");
	EXPECT_EQ(*lower_path_of("/mnt/file", mounted("/mnt", "orielfs", home, "/part")), home / "part" / "file");
	EXPECT_EQ(*lower_path_of("/part/file", mounted("/", "orielfs", home)), home / "part" / "file");
}

TEST_F(lower_directory, what_is_not_seen_is_refused)
{
	EXPECT_FALSE(lower_path_of("/mnt/other", mounted("/mnt", "orielfs", home)));
	EXPECT_FALSE(lower_path_of("/mnt/file", mounted("/mnt", "orielfs", "relative")));
	EXPECT_FALSE(lower_path_of("/mnt/file", mounted("/mnt", "orielfs", home / "none")));
}

TEST_F(lower_directory, a_mount_over_a_file_is_found)
{
	const std::string file = home / "part" / "file";
	EXPECT_TRUE(orielfs_mount_over(file, {mounted("/", "ext4"), mounted("/mnt", "orielfs", home)}));
	EXPECT_TRUE(orielfs_mount_over(file, {mounted("/mnt", "orielfs", home / "part" / ".." / "part")}));
	EXPECT_FALSE(orielfs_mount_over(file, {mounted("/mnt", "ext4", home)}));
	EXPECT_FALSE(orielfs_mount_over(file, {mounted("/mnt", "orielfs", home / "par")}));
	EXPECT_FALSE(orielfs_mount_over(file, {mounted("/mnt", "orielfs", home / "none")}));
}

} // namespace
} // namespace oriel
