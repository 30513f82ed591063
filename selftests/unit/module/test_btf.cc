// SPDX-License-Identifier: GPL-2.0
#include "elf_builder.hpp"
#include "module_btf.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr std::uint32_t kind(std::uint32_t number, std::uint32_t members = 0)
{
	return number << 24 | members;
}
constexpr std::uint32_t kind_int = 1, kind_ptr = 2, kind_struct = 4;

bytes btf(const std::vector<std::uint32_t> &types, std::string_view strings)
{
	const auto type_bytes = static_cast<std::uint32_t>(types.size() * 4);
	const std::uint32_t head[]{0x1eb9f, 24, 0, type_bytes, type_bytes, static_cast<std::uint32_t>(strings.size())};
	bytes data(sizeof(head) + type_bytes);
	std::memcpy(data.data(), head, sizeof(head));
	std::memcpy(data.data() + sizeof(head), types.data(), type_bytes);
	const bytes text = to_bytes(strings);
	data.insert(data.end(), text.begin(), text.end());
	return data;
}

// One integer called "int": strings of 5 bytes, types 0 and 1.
bytes base()
{
	return btf({1, kind(kind_int), 4, 32}, std::string_view("\0int\0", 5));
}

// struct own { int member; }, continuing a base with that many bytes of strings; and a pointer to a type.
bytes module_on(std::uint32_t base_strings, std::uint32_t pointee = 2)
{
	return btf({base_strings, kind(kind_struct, 1), 4, base_strings + 4, 1, 0, 0, kind(kind_ptr), pointee},
		   std::string_view("own\0member\0", 11));
}

TEST(btf, of_a_kernel_is_measured)
{
	const auto kernel = read_btf_base(base());
	ASSERT_TRUE(kernel);
	EXPECT_EQ(kernel->string_bytes, 5u);
	EXPECT_EQ(kernel->types, 2u);
}

TEST(btf, fits_the_kernel_that_it_was_made_against)
{
	const auto module = read_module_btf(module_on(5));
	ASSERT_TRUE(module);
	EXPECT_EQ(module->base_string_bytes, 5u);
	EXPECT_EQ(fits(*module, read_btf_base(base())), true);
}

TEST(btf, does_not_fit_another)
{
	EXPECT_EQ(fits(*read_module_btf(module_on(6)), read_btf_base(base())), false) << "other strings";
	EXPECT_EQ(fits(*read_module_btf(module_on(5, 4)), read_btf_base(base())), false) << "a type that there is not";
}

TEST(btf, is_held_against_what_the_module_brings)
{
	const bytes own_base = base();
	const btf_base other{99, 99};
	EXPECT_EQ(fits(*read_module_btf(module_on(5), byte_view(own_base)), other), true);
	EXPECT_EQ(fits(*read_module_btf(module_on(6), byte_view(own_base)), other), false);
	EXPECT_FALSE(read_module_btf(module_on(5), byte_view())) << "a base that is none";
}

TEST(btf, is_unknown_where_it_cannot_be_told)
{
	EXPECT_EQ(fits(*read_module_btf(module_on(5)), std::nullopt), std::nullopt);
	const auto nameless = read_module_btf(btf({0, kind(kind_ptr), 1}, std::string_view("\0unused\0", 8)));
	ASSERT_TRUE(nameless);
	EXPECT_EQ(fits(*nameless, read_btf_base(base())), std::nullopt) << "no name tells where its strings begin";
}

TEST(btf, survives_garbage)
{
	EXPECT_FALSE(read_btf_base({}));
	EXPECT_FALSE(read_btf_base(to_bytes("no BTF at all, but longer than its header")));
	EXPECT_FALSE(read_btf_base(btf({1, kind(31), 4}, "x"))) << "an unknown kind";
	EXPECT_FALSE(read_btf_base(btf({1, kind(kind_struct, 9), 4}, "x"))) << "members beyond the end";
	const bytes whole = module_on(5);
	for (std::size_t size = 0; size < whole.size(); size++)
		EXPECT_FALSE(read_module_btf(byte_view(whole).first(size)));
}

} // namespace
} // namespace oriel::test
