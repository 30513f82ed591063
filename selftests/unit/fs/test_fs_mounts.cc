// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"
#include "fs_mounts.hpp"
#include "module_family.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

mount_message told(std::uint64_t id, std::uint32_t minor, const std::string &source)
{
	mount_message message;
	message.id = id;
	message.minor = minor;
	message.source = source;
	return message;
}

TEST(fs_mounts, are_joined_by_device_number)
{
	const auto table = parse_mount_table("30 1 0:42 / /a rw - orielfs /srv rw\n"
					     "31 1 0:43 / /b rw - orielfs /other rw\n"
					     "32 1 8:42 / /c rw - ext4 /dev/sda rw\n"
					     "33 1 0:42 /sub /d ro - orielfs /srv rw\n");
	const auto mounts = join_mounts({told(1, 42, "/srv"), told(2, 44, "/unseen")}, table);
	ASSERT_EQ(mounts.size(), 2u);
	ASSERT_EQ(mounts[0].points.size(), 2u);
	EXPECT_EQ(mounts[0].points[0].path, "/a");
	EXPECT_EQ(mounts[0].points[1].path, "/d");
	EXPECT_TRUE(mounts[1].points.empty());
}

TEST(fs_mounts, a_file_chooses_the_mount_that_it_is_on)
{
	const auto id = mount_id_of("/proc");
	ASSERT_TRUE(id);
	std::vector<fs_mount> all{{told(1, 1, "/x"), {}},
				  {told(2, 2, "/y"), {mount_point{*id, 0, 2, "/", "/proc", "rw", "orielfs", "/y"}}}};
	const auto chosen = select_mounts(all, {"/proc", "/proc/self/mountinfo"});
	ASSERT_TRUE(chosen);
	ASSERT_EQ(chosen->size(), 1u);
	EXPECT_EQ(chosen->front().told.id, 2u);
}

TEST(fs_mounts, a_file_elsewhere_is_refused)
{
	const auto chosen = select_mounts({}, {"/proc"});
	ASSERT_FALSE(chosen);
	EXPECT_EQ(chosen.failure().message, "/proc is not on a file system of orielfs");
	EXPECT_NE(chosen.failure().remedy.find("oriel fs list"), std::string::npos);
	EXPECT_FALSE(select_mounts({}, {"/nowhere"}));
}

TEST(fs_mounts, what_keeps_the_module_is_named)
{
	const auto table = parse_mount_table("30 1 0:42 / /a\\040b rw - orielfs /srv rw\n33 1 0:42 / /d rw - orielfs /srv rw\n");
	const error seen = still_mounted(join_mounts({told(1, 42, "/srv")}, table));
	EXPECT_EQ(seen.message, "orielfs.ko cannot be unloaded: it is mounted on /a b, on /d");
	EXPECT_EQ(seen.remedy, "umount '/d'; umount '/a b'; if one is busy: fuser -vm MOUNTPOINT says who uses it");
	const error unseen = still_mounted(join_mounts({told(1, 44, "/srv")}, table));
	EXPECT_NE(unseen.message.find("over /srv where this process does not see it"), std::string::npos);
	EXPECT_NE(unseen.remedy.find("lsns -t mnt"), std::string::npos);
	EXPECT_EQ(unseen.remedy.find("fuser"), std::string::npos) << "there is no mount point to name";
	const error both = still_mounted(join_mounts({told(1, 42, "/srv"), told(2, 44, "/other")}, table));
	EXPECT_EQ(both.remedy.find(seen.remedy), 0u);
	EXPECT_NE(both.remedy.find("lsns -t mnt"), std::string::npos);
}

TEST(fs_mounts, no_control_character_reaches_the_terminal)
{
	EXPECT_EQ(shown_path("/a\033[31m\n\177 b"), "/a\\033[31m\\012\\177 b");
	EXPECT_EQ(shown_path("/\303\244"), "/\303\244");
}

TEST(fs_mounts, the_module_of_a_family)
{
	EXPECT_STREQ(module_of(ORIEL_FAMILY_ORIEL_FS), "orielfs");
	EXPECT_STREQ(module_of(ORIEL_FAMILY_ORIEL_NS), "oriel_ns");
	EXPECT_STREQ(module_of("nlctrl"), "");
}

TEST(fs_mounts, a_module_that_is_loaded_by_name_is_named_in_the_remedy)
{
	EXPECT_NE(check_abi(0, "orielfs", "")->remedy.find("oriel load orielfs"), std::string::npos);
	EXPECT_EQ(check_abi(0, "oriel", "")->remedy.find("oriel load oriel"), std::string::npos);
}

} // namespace
} // namespace oriel::test
