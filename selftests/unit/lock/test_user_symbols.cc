// SPDX-License-Identifier: GPL-2.0
#include "user_stacks.hpp"
#include "user_symbols.hpp"

#include "file_read.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <link.h>
#include <sys/stat.h>

namespace oriel::test {

// Not in a namespace without a name: it shall be known outside..
[[gnu::noinline]] int a_function_to_be_named(int number)
{
	asm volatile("" : "+r"(number));
	return number;
}

namespace {

constexpr std::size_t large = std::size_t{1} << 30;

// Where a function of ours lies in our file.
std::uint64_t offset_of(const void *function)
{
	std::uint64_t offset = 0;
	std::ifstream maps("/proc/self/maps");
	for (std::string line; std::getline(maps, line);) {
		unsigned long start = 0, end = 0, at = 0;
		if (std::sscanf(line.c_str(), "%lx-%lx %*s %lx", &start, &end, &at) == 3 &&
		    reinterpret_cast<unsigned long>(function) - start < end - start)
			offset = reinterpret_cast<unsigned long>(function) - start + at;
	}
	return offset;
}

TEST(user_symbols, names_a_function_of_a_file)
{
	const std::uint64_t offset = offset_of(reinterpret_cast<const void *>(&a_function_to_be_named));
	struct stat self {};
	ASSERT_EQ(::stat("/proc/self/exe", &self), 0);
	const user_symbols symbols = user_symbols::load("/proc/self/exe", self.st_ino);
	ASSERT_FALSE(symbols.is_empty());
	EXPECT_EQ(symbols.name_at(offset), "oriel::test::a_function_to_be_named(int)");
	EXPECT_EQ(symbols.name_at(0), "") << "the header is no function";
	EXPECT_EQ(symbols.name_at(~std::uint64_t{0}), "");
	EXPECT_TRUE(user_symbols::load("/proc/self/exe", self.st_ino + 1).is_empty()) << "another file by that name";
}

TEST(user_symbols, knows_nothing_of_what_is_no_program)
{
	EXPECT_TRUE(user_symbols::load("/nowhere", 1).is_empty());
	EXPECT_TRUE(user_symbols::load("/dev/null", 1).is_empty());
	const char text[] = "#!/bin/sh\n";
	EXPECT_TRUE(user_symbols::parse(text, sizeof(text)).is_empty());
	const auto self = read_file("/proc/self/exe", large);
	ASSERT_TRUE(self);
	for (const std::size_t size : {std::size_t{4}, std::size_t{63}, std::size_t{64}, std::size_t{1000}, self->size() / 2})
		EXPECT_EQ(user_symbols::parse(self->data(), size).name_at(0), "") << "cut off behind " << size;
}

} // namespace
} // namespace oriel::test
