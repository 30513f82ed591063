// SPDX-License-Identifier: GPL-2.0
#include "cgroup_tree.hpp"
#include "scratch.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace oriel::test {
namespace {

struct cgroups : testing::Test {
	cgroups()
	{
		root.write("cgroup.controllers", "cpu memory\n");
		for (const char *path : {"system.slice/ssh.service", "user.slice/app.service", "other.slice/app.service",
					 "system.slice/docker-0123456789abcdef0123456789abcdef.scope"})
			root.write(std::string(path) + "/cgroup.procs", "");
		tree = cgroup_tree::read(root.path());
	}
	std::uint64_t id_of(const char *path) const
	{
		struct stat facts {};
		EXPECT_EQ(::stat((root / path).c_str(), &facts), 0);
		return facts.st_ino;
	}

	scratch_dir root;
	cgroup_tree tree;
};

TEST_F(cgroups, are_found_by_path)
{
	for (const std::string &name : {std::string("system.slice/ssh.service"), std::string("/system.slice/ssh.service/"),
					(root / "system.slice/ssh.service").string()}) {
		const auto found = tree.find(name);
		ASSERT_TRUE(found) << name;
		EXPECT_EQ(found->id, id_of("system.slice/ssh.service"));
		EXPECT_EQ(found->level, 2u);
	}
	const auto top = tree.find("/");
	ASSERT_TRUE(top);
	EXPECT_EQ(top->level, 0u);
}

TEST_F(cgroups, are_found_by_a_name_that_only_one_has)
{
	const auto found = tree.find("ssh.service");
	ASSERT_TRUE(found);
	EXPECT_EQ(found->path, "/system.slice/ssh.service");
	ASSERT_FALSE(tree.find("app.service"));
	EXPECT_EQ(tree.find("app.service").failure().message, "2 control groups are called app.service");
	EXPECT_EQ(tree.find("nothing").failure().message, "no control groups are called nothing");
}

TEST_F(cgroups, have_short_names)
{
	EXPECT_EQ(tree.name_of(id_of("system.slice/ssh.service")), "ssh.service");
	EXPECT_EQ(tree.name_of(id_of("system.slice/docker-0123456789abcdef0123456789abcdef.scope")), "docker 0123456789ab");
	EXPECT_EQ(tree.name_of(id_of(".")), "/");
	EXPECT_EQ(tree.name_of(~0ull), "id 18446744073709551615");
}

TEST(cgroup_tree, without_a_hierarchy_says_so)
{
	const scratch_dir empty;
	const auto found = cgroup_tree::read(empty.path()).find("/");
	ASSERT_FALSE(found);
	EXPECT_EQ(found.failure().code, exit_code::unsupported);
}

} // namespace
} // namespace oriel::test
