// SPDX-License-Identifier: GPL-2.0
#include "marker_filter.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(marker_filter, that_some_marker_may_have_is_not_refused)
{
	for (const char *filter :
	     {"", "  ", "a > 3", "a==1", "!a==1", "a & 0x4", "a == -3", "a > 3 && (b == \"x && y\" || c ~ 'e*') && !(d != 1)",
	      "name == eth0", "a == 5 && a == eth0", "a ~ 5", "common_pid == 1", "s == 1 && n ~ \"x\""})
		EXPECT_EQ(filter_refusal(filter), "") << filter;
	std::string many = "a0 == 0";
	for (int i = 1; i < 16; i++)
		many += " && a" + std::to_string(i) + " == 0";
	EXPECT_EQ(filter_refusal(many), "") << "more keys than a marker has are for each marker to refuse";
}

TEST(marker_filter, that_no_marker_can_have_is_refused_by_the_kernels_own_parser)
{
	EXPECT_EQ(filter_refusal("a >"), "the filter lacks a number behind an operator");
	EXPECT_EQ(filter_refusal("(a == 1"), "the filter lacks a closing parenthesis");
	EXPECT_EQ(filter_refusal("a == \"x"), "the filter has a string without its closing quote");
	EXPECT_EQ(filter_refusal("a"), "the filter lacks an operator (== != < <= > >= & ~) behind a key");
	EXPECT_EQ(filter_refusal("a > 3 && a ~ \"x\""), "the filter compares a string with an operator other than == != ~");
	for (const char *filter : {"5 == 5", "a == 1 b == 2", "~ a", "a === 1", "a > x", "a == 1 &&", ")", "a == 99999999999999999999"})
		EXPECT_NE(filter_refusal(filter), "") << filter;
	EXPECT_NE(filter_refusal("a == 1" + std::string(255, ' ')), "");
}

TEST(marker_filter, names_the_keys_that_a_marker_lacks)
{
	EXPECT_EQ(missing_keys("a > 1 && byte == 2 || who ~ \"a d == c\"", "a=%d bytes=%u"), (std::set<std::string>{"byte", "who"}));
	EXPECT_TRUE(missing_keys("a > 1", "a=%d").empty());
	EXPECT_EQ(missing_keys("a > 1", ""), std::set<std::string>{"a"}) << "a marker without keys has its line";
	EXPECT_TRUE(missing_keys("a > 1", "%%%").empty()) << "a format that cannot be read has what it likes";
}

} // namespace
} // namespace oriel::test
