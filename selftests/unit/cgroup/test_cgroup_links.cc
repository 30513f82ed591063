// SPDX-License-Identifier: GPL-2.0
#include "cgroup_links.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

oriel_cgroup_link link(std::uint64_t set, std::uint64_t cgroup, std::uint32_t hierarchy)
{
	oriel_cgroup_link one{};
	one.set = set;
	one.cgroup = cgroup;
	one.hierarchy = hierarchy;
	return one;
}

TEST(cgroup_links, a_group_has_the_tasks_of_its_sets)
{
	cgroup_linkage linkage;
	linkage.sets = {{1, 10, 11, 2, 0}, {2, 5, 5, 2, 0}};
	linkage.links = {link(1, 100, 0), link(1, 100, 3), link(2, 101, 0), link(2, 100, 3)};
	EXPECT_EQ(linkage.links_in(0), 2u);
	EXPECT_EQ(linkage.links_in(7), 0u);
	const auto rows = by_cgroup(linkage);
	ASSERT_EQ(rows.size(), 3u) << "the same id in another hierarchy is another group";
	EXPECT_EQ(rows[0].group.cgroup, 100u);
	EXPECT_EQ(rows[0].tasks, 10u);
	EXPECT_EQ(rows[1].group.cgroup, 101u);
	EXPECT_EQ(rows[1].sets, 1u);
	EXPECT_EQ(rows[2].group.hierarchy, 3u);
	EXPECT_EQ(rows[2].sets, 2u);
	EXPECT_EQ(rows[2].tasks, 15u);
}

TEST(cgroup_links, memory_is_what_the_types_take)
{
	cgroup_linkage linkage;
	linkage.totals.sets = 3;
	linkage.totals.links = 6;
	linkage.totals.set_bytes = 592;
	linkage.totals.link_bytes = 48;
	EXPECT_EQ(linkage.bytes(), 3u * 592 + 6 * 48);
	EXPECT_FALSE(linkage.is_whole()) << "there was no room for the rows";
}

TEST(cgroup_links, hierarchies_are_called_as_proc_calls_them)
{
	const auto names = hierarchy_names("2:cpu,cpuacct:/a\n1:name=systemd:/b:c\n0::/d\nnonsense\n:x:/\n9\n8x:y:/\n99999999999:z:/");
	EXPECT_EQ(names, (std::map<std::uint32_t, std::string>{{0, ""}, {1, "name=systemd"}, {2, "cpu,cpuacct"}}));
	EXPECT_TRUE(hierarchy_names("").empty());
}

} // namespace
} // namespace oriel::test
