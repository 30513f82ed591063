// SPDX-License-Identifier: GPL-2.0
#include "marker/format.h"

#include <gtest/gtest.h>

#include <string>

using namespace oriel;

namespace {

bool parses(const char *source, format &f)
{
	const char *why = "";
	return static_cast<bool>(format::parse(source, f, why));
}

std::string refusal(const std::string &source)
{
	format f;
	const char *why = "";
	return format::parse(text{source.data(), source.size()}, f, why) ? "" : why;
}

} // namespace

TEST(format, fields_have_types_and_natural_alignment)
{
	format f;
	ASSERT_TRUE(parses("c=%c hd=%hd u=%u, llu=%llu s=%s p=%p hh=%hhu", f));
	ASSERT_EQ(f.count(), 7u);
	EXPECT_STREQ(type_name(f[0]), "char");
	EXPECT_EQ(f[0].offset, 8);
	EXPECT_STREQ(type_name(f[1]), "short");
	EXPECT_EQ(f[1].offset, 10);
	EXPECT_STREQ(type_name(f[2]), "unsigned int");
	EXPECT_EQ(f[2].offset, 12);
	EXPECT_STREQ(type_name(f[3]), "unsigned long long");
	EXPECT_EQ(f[3].offset, 16);
	EXPECT_STREQ(type_name(f[4]), "__data_loc char[]");
	EXPECT_EQ(f[4].offset, 24);
	EXPECT_STREQ(type_name(f[5]), "void *");
	EXPECT_EQ(f[5].offset, 32);
	EXPECT_STREQ(type_name(f[6]), "unsigned char");
	EXPECT_EQ(f.fixed_size(), 41u);
	EXPECT_EQ(f.find("llu"), 3u);
	EXPECT_EQ(f.find("none"), f.count());
}

TEST(format, print_format_is_ftraces)
{
	format f;
	name<1536> printed;
	ASSERT_TRUE(parses("n=%08lx name=%s", f));
	ASSERT_TRUE(f.print_format(printed));
	EXPECT_STREQ(printed.c_str(), "\"n=%08lx name=%s\", REC->n, __get_str(name)");
	EXPECT_STREQ(f[0].print.c_str(), "%08llx");
}

/* As libtraceevent reads it; the kernel's own text is printed by the conversions as they were written. */
TEST(format, print_format_is_what_tools_can_read)
{
	format f;
	name<1536> printed;
	ASSERT_TRUE(parses("c=%c n=%+-8d", f));
	ASSERT_TRUE(f.print_format(printed));
	EXPECT_STREQ(printed.c_str(), "\"c=%d n=%-8d\", REC->c, REC->n");
	EXPECT_STREQ(f[0].print.c_str(), "%c");
	EXPECT_STREQ(f[1].print.c_str(), "%+-8lld");
}

TEST(format, an_empty_one_has_the_line)
{
	format f;
	ASSERT_TRUE(parses("", f));
	EXPECT_TRUE(f.line_only());
	EXPECT_EQ(f.count(), 1u);
	EXPECT_STREQ(f[0].key.c_str(), "line");
	ASSERT_TRUE(parses("a=%d", f));
	EXPECT_FALSE(f.line_only());
}

TEST(format, says_what_is_wrong)
{
	EXPECT_NE(refusal("just words").find("key=%conversion"), std::string::npos);
	EXPECT_NE(refusal("a=").find("key=%conversion"), std::string::npos);
	EXPECT_NE(refusal("a=%").find("conversion"), std::string::npos);
	EXPECT_NE(refusal("a=%f").find("do not know"), std::string::npos);
	EXPECT_NE(refusal("a=%pS").find("between"), std::string::npos);
	EXPECT_NE(refusal("a=%lls").find("do not know"), std::string::npos);
	EXPECT_NE(refusal("a=%hl").find("do not know"), std::string::npos);
	EXPECT_NE(refusal("a=%n").find("do not know"), std::string::npos);
	EXPECT_NE(refusal("a=%*d").find("do not know"), std::string::npos);
	/* The kernel warns of a flag behind the width, and takes a while for a width of millions. */
	EXPECT_NE(refusal("a=%1-d").find("do not know"), std::string::npos);
	EXPECT_NE(refusal("a=%9999999d").find("do not know"), std::string::npos);
	EXPECT_EQ(refusal("a=%#-0128lx"), "");
	EXPECT_NE(refusal("a=%d a=%d").find("twice"), std::string::npos);
	EXPECT_NE(refusal("common_pid=%d").find("common_"), std::string::npos);
	EXPECT_NE(refusal("a b=%d").find("identifier"), std::string::npos);
	EXPECT_NE(refusal("a=%dx b=%d").find("between"), std::string::npos);
	EXPECT_NE(refusal(std::string(32, 'k') + "=%d").find("31"), std::string::npos);
	EXPECT_NE(refusal(std::string(513, 'k')).find("512"), std::string::npos);
	std::string thirteen;
	for (char c = 'a'; c < 'a' + 13; c++)
		thirteen += std::string(1, c) + "=%d ";
	EXPECT_NE(refusal(thirteen).find("12"), std::string::npos);
}
