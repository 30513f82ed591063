// SPDX-License-Identifier: GPL-2.0
#include "module_taint.hpp"
#include "verdict_rules.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(taint, letters_stand_in_the_kernels_order)
{
	EXPECT_EQ((taint_set{taint::livepatch, taint::unsigned_module, taint::out_of_tree}).letters(), "OEK");
	EXPECT_EQ((taint_set{taint::unsigned_module, taint::staging, taint::forced_module}).letters(), "FCE");
	EXPECT_EQ(taint_set().letters(), "");
}

TEST(taint, is_read_as_it_is_written)
{
	for (const char *letters : {"", "OE", "POE", "FOE", "COE", "OEK", "OEN"})
		EXPECT_EQ(taint_set::from_letters(letters).letters(), letters);
	EXPECT_EQ(taint_set::from_letters("O%").letters(), "O?") << "an unknown one is not lost";
}

TEST(taint, is_told_in_words)
{
	EXPECT_EQ(taint_set(1u << 1 | 1u << 9).words(), (std::vector<std::string>{"a module loaded by force", "a kernel warning"}));
	EXPECT_EQ(taint_set(std::uint64_t{1} << 40).words(), std::vector<std::string>{"taint bit 40 of unknown meaning"});
}

TEST(rules, of_tracing_by_version)
{
	const auto old = tracing_rule_of("5.10.0-46-amd64");
	EXPECT_EQ(old.allowed.letters(), "COE");
	EXPECT_EQ(tracing_rule_of("6.1.0-56-amd64").allowed.letters(), "COEN");
	EXPECT_EQ(tracing_rule_of("6.6.1").unsure.letters(), "K");
	EXPECT_EQ(tracing_rule_of("6.12.117+deb12-amd64").allowed.letters(), "COEKN");
	EXPECT_EQ(tracing_rule_of("7.2.12+deb13-amd64").allowed.letters(), "COEKN");
	EXPECT_EQ(tracing_rule_of("7.2.12+deb13-amd64").unsure.letters(), "");
	EXPECT_EQ(tracing_rule_of("strange").allowed.letters(), "COE");
}

TEST(rules, of_the_layout_by_version)
{
	EXPECT_EQ(refuses_other_layout("6.1.0-56-amd64"), false);
	EXPECT_EQ(refuses_other_layout("6.6.0"), std::nullopt);
	EXPECT_EQ(refuses_other_layout("6.12.117+deb12-amd64"), true);
}

TEST(rules, of_the_firmwares_keys_by_banner)
{
	EXPECT_EQ(platform_keys_count("Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 ..."), true);
	EXPECT_EQ(platform_keys_count("Linux version 6.1.0 (me@home)"), std::nullopt);
}

} // namespace
} // namespace oriel::test
