// SPDX-License-Identifier: GPL-2.0
#include "mount_table.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(mount_table, reads_a_line)
{
	const auto table = parse_mount_table("36 25 0:42 /sub /mnt rw,noatime shared:1 master:2 - orielfs /srv/data rw\n");
	ASSERT_EQ(table.size(), 1u);
	EXPECT_EQ(table[0].id, 36u);
	EXPECT_EQ(table[0].major, 0u);
	EXPECT_EQ(table[0].minor, 42u);
	EXPECT_EQ(table[0].root, "/sub");
	EXPECT_EQ(table[0].path, "/mnt");
	EXPECT_EQ(table[0].options, "rw,noatime");
	EXPECT_EQ(table[0].type, "orielfs");
	EXPECT_EQ(table[0].source, "/srv/data");
}

TEST(mount_table, undoes_what_the_kernel_escapes)
{
	const auto table = parse_mount_table("1 2 0:3 / /a\\040b\\134c\\011d\\012e rw - orielfs /x\\040y rw\n");
	ASSERT_EQ(table.size(), 1u);
	EXPECT_EQ(table[0].path, "/a b\\c\td\ne");
	EXPECT_EQ(table[0].source, "/x y");
}

TEST(mount_table, leaves_alone_what_is_no_escape)
{
	const auto table = parse_mount_table("1 2 0:3 / /a\\04 rw - t \\x\\777\\4 rw\n1 2 0:3 / /\\ rw - t s rw\n");
	ASSERT_EQ(table.size(), 2u);
	EXPECT_EQ(table[0].path, "/a\\04");
	EXPECT_EQ(table[0].source, "\\x\\777\\4");
	EXPECT_EQ(table[1].path, "/\\");
}

TEST(mount_table, joins_options_as_proc_mounts_does)
{
	const auto table = parse_mount_table("1 2 0:3 / /a rw,relatime - t s ro,discard\n1 2 0:3 / /b ro - t s rw\n");
	ASSERT_EQ(table.size(), 2u);
	EXPECT_EQ(table[0].options, "ro,discard,relatime");
	EXPECT_EQ(table[1].options, "ro");
}

TEST(mount_table, leaves_out_damaged_lines)
{
	const std::string good = "36 25 0:42 / /mnt rw - orielfs /srv rw";
	for (const char *bad : {"", "\n", "x 25 0:42 / /mnt rw - t s rw", "36 25 42 / /mnt rw - t s rw", "36 25 0:x / /mnt rw - t s rw",
				"36 25 0:42 / /mnt rw t s rw", "36 25 0:42 / /mnt - t s rw", "36 25 0:42 / /mnt rw - t s",
				"99999999999999999999999 25 0:42 / /mnt rw - t s rw", "36 25 0:99999999999 / /mnt rw - t s rw"})
		EXPECT_EQ(parse_mount_table(std::string(bad) + "\n" + good).size(), 1u) << bad;
	for (std::size_t size = 0; size + 3 < good.size(); size++)
		EXPECT_TRUE(parse_mount_table(good.substr(0, size)).empty()) << size;
}

TEST(mount_table, a_file_is_on_a_mount_of_the_table)
{
	const auto table = read_mount_table();
	ASSERT_TRUE(table);
	const auto id = mount_id_of("/proc/self/mountinfo");
	ASSERT_TRUE(id);
	bool found = false;
	for (const mount_point &one : *table)
		found = found || (one.id == *id && one.type == "proc");
	EXPECT_TRUE(found);
}

TEST(mount_table, a_file_that_is_not_there)
{
	const auto id = mount_id_of("/nowhere/at/all");
	ASSERT_FALSE(id);
	EXPECT_EQ(id.failure().message, "/nowhere/at/all: No such file or directory");
	EXPECT_EQ(id.failure().code, exit_code::failure);
}

} // namespace
} // namespace oriel::test
