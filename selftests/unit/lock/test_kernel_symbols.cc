// SPDX-License-Identifier: GPL-2.0
#include "kernel_symbols.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

const char *const text = "ffffffff81000000 T _text\n"
			 "ffffffff81000000 T _stext\n"
			 "ffffffff81000200 t second\n"
			 "ffffffffc0001000 t in_module\t[ext4]\n"
			 "ffffffffc0000800 t before_it\t[jbd2]\n"
			 "ffffffffc0009000 t bpf_prog_1234_x\t[bpf]\n";

TEST(kernel_symbols, finds_addresses_by_name)
{
	const auto symbols = kernel_symbols::parse(text);
	EXPECT_EQ(symbols.address_of("second"), 0xffffffff81000200u);
	EXPECT_EQ(symbols.address_of("in_module"), 0xffffffffc0001000u);
	EXPECT_EQ(symbols.address_of("secon"), 0u);
}

TEST(kernel_symbols, finds_the_symbol_at_or_before_an_address)
{
	const auto symbols = kernel_symbols::parse(text);
	EXPECT_EQ(symbols.name_of(0xffffffff81000000), "_text") << "of two names the first";
	EXPECT_EQ(symbols.name_of(0xffffffff810001ff), "_text");
	EXPECT_EQ(symbols.name_of(0xffffffff81000200), "second");
	EXPECT_EQ(symbols.name_of(0xffffffffc0001010), "in_module [ext4]");
	EXPECT_EQ(symbols.name_of(0xffffffffc0000801), "before_it [jbd2]") << "the file need not be in order";
	EXPECT_EQ(symbols.name_of(0xffffffffc0009001), "bpf_prog_1234_x");
	EXPECT_EQ(symbols.find(0xffffffff81000210).offset, 0x10u);
}

TEST(kernel_symbols, says_the_address_where_there_is_no_symbol)
{
	const auto symbols = kernel_symbols::parse(text);
	EXPECT_EQ(symbols.name_of(0x1000), "0x1000");
	EXPECT_EQ(symbols.name_of(0xffffffff81000210, 0x10), "0xffffffff81000210") << "farther than was asked for";
}

TEST(kernel_symbols, passes_over_what_it_cannot_read)
{
	const auto symbols = kernel_symbols::parse("nonsense\n\n  \nffffffff81000000\nffffffff81000000 T\nxyz T name\n"
						   "0000000000000000 T hidden\nffffffff81000300 T last");
	EXPECT_EQ(symbols.address_of("hidden"), 0u);
	EXPECT_EQ(symbols.address_of("last"), 0xffffffff81000300u) << "without an end of line";
	EXPECT_EQ(symbols.name_of(0xffffffff81000000), "0xffffffff81000000");
}

TEST(kernel_symbols, hidden_addresses_are_an_error)
{
	const auto symbols = kernel_symbols::load("/nonesuch");
	ASSERT_FALSE(symbols);
	EXPECT_EQ(symbols.failure().message, "/nonesuch cannot be read");
}

} // namespace
} // namespace oriel::test
