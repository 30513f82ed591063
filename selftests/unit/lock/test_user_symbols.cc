// SPDX-License-Identifier: GPL-2.0
#include "user_stacks.hpp"
#include "user_symbols.hpp"

#include "file_read.hpp"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <link.h>
#include <memory>
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

// A small file, each symbol of which has the same long name.
TEST(user_symbols, takes_no_more_memory_than_a_program_needs)
{
	constexpr std::size_t symbols = 2000, length = 1 << 20;
	struct file {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		Elf64_Shdr sections[3];
		Elf64_Sym symbols[symbols];
		char names[length];
	};
	const auto made = std::make_unique<file>();
	std::memcpy(made->header.e_ident, ELFMAG "\2\1\1", 7);
	made->header.e_version = EV_CURRENT;
	made->header.e_machine = EM_X86_64;
	made->header.e_phoff = offsetof(file, segment);
	made->header.e_shoff = offsetof(file, sections);
	made->header.e_phnum = 1;
	made->header.e_shnum = 3;
	made->header.e_ehsize = sizeof(Elf64_Ehdr);
	made->header.e_phentsize = sizeof(Elf64_Phdr);
	made->header.e_shentsize = sizeof(Elf64_Shdr);
	made->segment = {PT_LOAD, 0, 0, 0, 0, sizeof(file), sizeof(file), 0};
	made->sections[1] = {0, SHT_SYMTAB, 0, 0, offsetof(file, symbols), sizeof(made->symbols), 2, 0, 8, sizeof(Elf64_Sym)};
	made->sections[2] = {0, SHT_STRTAB, 0, 0, offsetof(file, names), sizeof(made->names), 0, 0, 1, 0};
	std::memset(made->names + 1, 'x', length - 2);
	for (std::size_t i = 0; i < symbols; i++)
		made->symbols[i] = {1, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, 16 * i, 16};
	const user_symbols found = user_symbols::parse(made.get(), sizeof(file));
	EXPECT_EQ(found.name_at(0).size(), length - 2) << "the first is known";
	EXPECT_EQ(found.name_at(16 * (symbols - 1)), "") << "the last is not";
}

} // namespace
} // namespace oriel::test
