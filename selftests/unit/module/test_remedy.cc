// SPDX-License-Identifier: GPL-2.0
#include "scratch.hpp"
#include "file_read.hpp"
#include "verdict_remedy.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(remedy, quotes_what_the_shell_would_change)
{
	EXPECT_EQ(shell_quote("/lib/modules/6.1.0-1-amd64+deb"), "/lib/modules/6.1.0-1-amd64+deb");
	EXPECT_EQ(shell_quote(""), "''");
	const scratch_dir dir;
	const std::string nasty = "a b'c\"d$HOME`id`\\*~;\n";
	const std::string command = "printf %s " + shell_quote(nasty) + " >" + shell_quote(dir / "out");
	ASSERT_EQ(std::system(command.c_str()), 0);
	const auto got = read_file(dir / "out", 1000);
	ASSERT_TRUE(got);
	EXPECT_EQ(std::string(reinterpret_cast<const char *>(got->data()), got->size()), nasty);
}

TEST(remedy, rebuilds_where_the_sources_are)
{
	module_file module;
	module.source_dir = "/src/my module";
	kernel_facts kernel;
	kernel.release = "6.1";
	kernel.build_dir = "/usr/src/linux-headers-6.1";
	const auto ways = rebuild(module, kernel);
	ASSERT_EQ(ways.size(), 1u);
	EXPECT_EQ(ways[0].commands, std::vector<std::string>{"make -C /usr/src/linux-headers-6.1 M='/src/my module' modules"});
}

TEST(remedy, signs_and_enrols_only_what_is_missing)
{
	module_file module;
	module.path = "/m/a.ko";
	kernel_facts kernel;
	kernel.running = kernel.has_uefi = true;
	signing_place signing{true, "/k/a.der", {}};
	const auto both = sign_and_enrol(module, kernel, signing);
	ASSERT_EQ(both.size(), 2u);
	EXPECT_EQ(both[1].commands, (std::vector<std::string>{"mokutil --import /k/a.der", "reboot"}));
	signing.trust.state = trust::trusted;
	EXPECT_EQ(sign_and_enrol(module, kernel, signing).size(), 1u);
	signing.trust.state = trust::unknown;
	kernel.has_uefi = false;
	EXPECT_TRUE(sign_and_enrol(module, kernel, signing).at(1).commands.empty()) << "without UEFI nothing can be enrolled";
}

TEST(remedy, does_not_edit_what_is_compressed)
{
	module_file module;
	module.path = "/m/a.ko.xz";
	module.packed = compression::xz;
	EXPECT_EQ(sign_and_enrol(module, {}, {}).at(0).commands, std::vector<std::string>{"xz -d /m/a.ko.xz"});
	EXPECT_TRUE(drop_signature(module).empty());
	EXPECT_TRUE(drop_livepatch_mark(module, {}).at(0).commands.empty());
}

} // namespace
} // namespace oriel::test
