// SPDX-License-Identifier: GPL-2.0
#include "marker/filter.h"

#include <gtest/gtest.h>

#include <string>

#include "kcore/mint.h"

using namespace oriel;

namespace {

struct filters : testing::Test {
	filters()
	{
		const char *why;
		EXPECT_TRUE(format::parse("n=%d u=%hhu name=%s big=%llu p=%p", layout, why));
	}

	bool passes(const char *source)
	{
		filter f;
		const char *why = "";
		EXPECT_TRUE(filter::compile(source, layout, f, why)) << source << ": " << why;
		return f.passes(mint::nmi(), args);
	}

	std::string refusal(const std::string &source)
	{
		filter f;
		const char *why = "";
		return filter::compile(text{source.data(), source.size()}, layout, f, why) ? "" : why;
	}

	format layout;
	/* n is -1 in 32 bits, with rubbish above; u is 200 with rubbish above. */
	u64 args[5] = {0xdeadffffffffULL, 0xffc8, reinterpret_cast<u64>("eth0"), ~0ULL, 0xffff888000000000ULL};
};

} // namespace

TEST_F(filters, numbers_are_compared_in_their_own_type)
{
	EXPECT_TRUE(passes("n == -1"));
	EXPECT_TRUE(passes("n < 0"));
	EXPECT_FALSE(passes("n > 0"));
	EXPECT_TRUE(passes("u == 200"));
	EXPECT_TRUE(passes("u >= 0xc8 && u <= 200"));
	EXPECT_FALSE(passes("u != 200"));
	EXPECT_TRUE(passes("u & 8"));
	EXPECT_FALSE(passes("u & 0x10"));
	EXPECT_TRUE(passes("big > 5"));
	EXPECT_TRUE(passes("big == 18446744073709551615"));
	EXPECT_TRUE(passes("p == 0xffff888000000000"));
}

TEST_F(filters, two_ampersands_are_no_operator_behind_a_key)
{
	EXPECT_NE(refusal("n && u == 1").find("lacks an operator"), std::string::npos) << refusal("n && u == 1");
	EXPECT_TRUE(passes("n & 1 && u == 200"));
	EXPECT_TRUE(passes("n & 1&&u == 200"));
}

TEST_F(filters, strings)
{
	EXPECT_TRUE(passes("name == \"eth0\""));
	EXPECT_TRUE(passes("name == eth0"));
	EXPECT_TRUE(passes("name ~ 'eth*'"));
	EXPECT_FALSE(passes("name ~ \"veth*\""));
	EXPECT_TRUE(passes("name != \"eth\""));
	args[2] = 0;
	EXPECT_TRUE(passes("name == \"(null)\""));
	args[2] = 8;
	EXPECT_TRUE(passes("name == \"(efault)\""));
}

TEST_F(filters, precedence_and_grouping)
{
	EXPECT_TRUE(passes(""));
	EXPECT_TRUE(passes("  "));
	EXPECT_TRUE(passes("n == -1 || n == 5 && n == 6"));
	EXPECT_FALSE(passes("(n == -1 || n == 5) && n == 6"));
	EXPECT_TRUE(passes("!(n == 6)"));
	EXPECT_FALSE(passes("!!(n == 6)"));
	EXPECT_TRUE(passes("n==-1&&!(u==1||name==\"x\")&&big>1"));
	EXPECT_TRUE(passes("n == 1 || (n == 2 || (n == 3 || (u == 200 && (n == 4 || n == -1))))"));
	EXPECT_FALSE(passes("n == -1 && (n == 2 || (u == 200 && n == 4))"));
}

/* Every truth table of three comparisons against the language's own operators. */
TEST_F(filters, agrees_with_cxx)
{
	for (int bits = 0; bits < 8; bits++) {
		bool a = bits & 1, b = bits & 2, c = bits & 4;
		auto t = [](bool v) { return std::string(v ? "n == -1" : "n == 0"); };
		EXPECT_EQ(passes((t(a) + " && " + t(b) + " || " + t(c)).c_str()), (a && b) || c);
		EXPECT_EQ(passes((t(a) + " || " + t(b) + " && " + t(c)).c_str()), a || (b && c));
		EXPECT_EQ(passes(("!(" + t(a) + " || " + t(b) + ") && !(" + t(c) + ")").c_str()), !(a || b) && !c);
	}
}

TEST_F(filters, says_what_is_wrong)
{
	EXPECT_NE(refusal("x == 1").find("key"), std::string::npos);
	EXPECT_NE(refusal("n").find("operator"), std::string::npos);
	EXPECT_NE(refusal("n == ").find("number"), std::string::npos);
	EXPECT_NE(refusal("n == 12a").find("none"), std::string::npos);
	EXPECT_NE(refusal("n == 99999999999999999999").find("64 bits"), std::string::npos);
	EXPECT_NE(refusal("n ~ 4").find("~"), std::string::npos);
	EXPECT_NE(refusal("name > \"a\"").find("string"), std::string::npos);
	EXPECT_NE(refusal("name == \"a").find("quote"), std::string::npos);
	EXPECT_NE(refusal("name == ").find("string"), std::string::npos);
	EXPECT_NE(refusal("name == \"" + std::string(64, 'x') + "\"").find("63"), std::string::npos);
	EXPECT_NE(refusal("(n == 1").find("parenthesis"), std::string::npos);
	EXPECT_NE(refusal("n == 1)").find("end"), std::string::npos);
	EXPECT_NE(refusal("n == 1 n == 2").find("end"), std::string::npos);
	EXPECT_NE(refusal("n == 1 &&").find("key"), std::string::npos);
	EXPECT_NE(refusal(std::string(40, '(')).find("deep"), std::string::npos);
	EXPECT_NE(refusal(std::string(40, '!')).find("deep"), std::string::npos);
	EXPECT_NE(refusal(std::string(256, ' ')).find("255"), std::string::npos);
	std::string many = "n==1";
	for (int i = 0; i < 16; i++)
		many += "||n==1";
	EXPECT_NE(refusal(many).find("16 comparisons"), std::string::npos);
}
