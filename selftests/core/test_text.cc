// SPDX-License-Identifier: GPL-2.0
#include "kcore/text.h"

#include <gtest/gtest.h>

using namespace oriel;

TEST(text, clamps)
{
	text t{"abc"};
	EXPECT_EQ(t.size(), 3u);
	EXPECT_TRUE(t.from(1) == "bc");
	EXPECT_TRUE(t.from(9).empty());
	EXPECT_TRUE(t.first(9) == "abc");
	EXPECT_EQ(t.find('c'), 2u);
	EXPECT_EQ(t.find('x'), 3u);
}

TEST(text, name_refuses_what_does_not_fit)
{
	name<4> n;
	EXPECT_TRUE(n.assign("abc"));
	EXPECT_FALSE(n.assign("abcd"));
	EXPECT_STREQ(n.c_str(), "abc");
	EXPECT_FALSE(n.append("d"));
	EXPECT_TRUE(n.assign(""));
	EXPECT_TRUE(n.append("xy"));
	EXPECT_STREQ(n.c_str(), "xy");
}

TEST(text, identifiers)
{
	EXPECT_TRUE(is_identifier("a_1"));
	EXPECT_FALSE(is_identifier("1a"));
	EXPECT_FALSE(is_identifier(""));
	EXPECT_FALSE(is_identifier("a b"));
	EXPECT_FALSE(is_identifier("../x"));
}

TEST(text, globs)
{
	EXPECT_TRUE(matches_glob("*", ""));
	EXPECT_TRUE(matches_glob("om:*", "om:tick"));
	EXPECT_TRUE(matches_glob("o?:t*k", "om:tick"));
	EXPECT_TRUE(matches_glob("*a*b*", "xxaxxbxx"));
	EXPECT_FALSE(matches_glob("om:", "om:tick"));
	EXPECT_FALSE(matches_glob("", "x"));
	EXPECT_FALSE(matches_glob("?", ""));
	EXPECT_TRUE(matches_glob("a*", "a*b"));
	EXPECT_FALSE(matches_glob("*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}
