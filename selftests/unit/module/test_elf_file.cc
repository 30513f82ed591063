// SPDX-License-Identifier: GPL-2.0
#include "elf_file.hpp"
#include "elf_note.hpp"
#include "module_builder.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace oriel::test {
namespace {

Elf64_Shdr *section_header(bytes &file, std::size_t index)
{
	const auto *head = reinterpret_cast<Elf64_Ehdr *>(file.data());
	return reinterpret_cast<Elf64_Shdr *>(file.data() + head->e_shoff) + index;
}

TEST(elf_file, reads_sections_symbols_and_relocations)
{
	elf_builder elf;
	const auto data = elf.section(".data", bytes(16));
	const auto target = elf.symbol("target", data, 8);
	elf.symbol("elsewhere");
	elf.relocate(data, 8, target, 3);
	elf.relocate(data, 0, target);
	const bytes content = elf.build();
	const auto file = elf_file::parse(content, "sample");
	ASSERT_TRUE(file);
	ASSERT_NE(file->section(".data"), nullptr);
	EXPECT_EQ(file->section(".data")->data.size(), 16u);
	EXPECT_EQ(file->section("nonesuch"), nullptr);
	EXPECT_EQ(file->symbols()[target].value, 8u);
	EXPECT_EQ(file->symbols().back().section, 0u);
	const auto relocations = file->relocations(data);
	ASSERT_EQ(relocations.size(), 2u);
	EXPECT_EQ(relocations[0].offset, 0u) << "ordered by offset";
	EXPECT_EQ(relocations[1].addend, 3);
}

TEST(elf_file, names_what_is_wrong)
{
	EXPECT_EQ(elf_file::parse({}, "m").failure().message, "m: is empty");
	EXPECT_EQ(elf_file::parse(to_bytes("#!/bin/sh\n"), "m").failure().message, "m: is not an ELF file");
	bytes short_file = elf_builder().build();
	short_file.resize(20);
	EXPECT_EQ(elf_file::parse(short_file, "m").failure().message, "m: is cut off within its ELF header");
}

TEST(elf_file, refuses_a_section_beyond_the_end)
{
	elf_builder elf;
	const auto index = elf.section(".huge", bytes(8));
	bytes content = elf.build();
	section_header(content, index)->sh_size = std::uint64_t{1} << 62;
	const auto file = elf_file::parse(content, "m");
	ASSERT_FALSE(file);
	EXPECT_NE(file.failure().message.find("'.huge' claims 4611686018427387904 bytes"), std::string::npos) << file.failure().message;
}

TEST(elf_file, refuses_an_offset_that_wraps)
{
	elf_builder elf;
	const auto index = elf.section(".far", bytes(8));
	bytes content = elf.build();
	section_header(content, index)->sh_offset = ~std::uint64_t{0} - 3;
	EXPECT_FALSE(elf_file::parse(content, "m"));
}

TEST(elf_file, refuses_relocations_of_a_section_that_does_not_exist)
{
	elf_builder elf;
	const auto data = elf.section(".data", bytes(8));
	elf.relocate(data, 0, elf.symbol("x", data));
	bytes content = elf.build();
	for (std::size_t i = 0; i < 8; i++)
		if (section_header(content, i)->sh_type == SHT_RELA) {
			section_header(content, i)->sh_info = 1000;
			break;
		}
	const auto file = elf_file::parse(content, "m");
	ASSERT_FALSE(file);
	EXPECT_NE(file.failure().message.find("does not exist"), std::string::npos);
}

TEST(elf_file, survives_every_truncation)
{
	const bytes whole = module_builder().build();
	std::size_t refused = 0;
	for (std::size_t size = 0; size < whole.size(); size++)
		refused += !elf_file::parse(byte_view(whole).first(size), "m");
	EXPECT_EQ(refused, whole.size()) << "the section table is at the end, so no part of the file is a file";
}

TEST(elf_file, reads_integers_and_strings_within_bounds_only)
{
	elf_builder elf;
	const auto text = elf.section(".text", to_bytes(std::string_view("ab\0cd", 5)));
	const bytes content = elf.build();
	const auto file = elf_file::parse(content, "m");
	ASSERT_TRUE(file);
	const byte_view data = file->sections()[text].data;
	EXPECT_EQ(file->integer(data, 0, 2), 0x6261u);
	EXPECT_EQ(file->integer(data, 4, 2), std::nullopt);
	EXPECT_EQ(file->integer(data, ~std::uint64_t{0}, 2), std::nullopt);
	EXPECT_EQ(file->string_at(text, 0), "ab");
	EXPECT_EQ(file->string_at(text, 3), std::nullopt) << "not terminated";
	EXPECT_EQ(file->string_at(text, 99), std::nullopt);
	EXPECT_EQ(file->string_at(99, 0), std::nullopt);
}

TEST(elf_note, finds_the_build_id_among_others)
{
	bytes notes(12 + 8 + 4);
	const Elf64_Nhdr other{6, 4, 42};
	std::memcpy(notes.data(), &other, sizeof(other));
	const Elf64_Nhdr head{4, 3, NT_GNU_BUILD_ID};
	bytes note(sizeof(head));
	std::memcpy(note.data(), &head, sizeof(head));
	for (const char *text : {"GNU", "\x01\x02\x03"}) {
		const bytes part = to_bytes(std::string_view(text, 4));
		note.insert(note.end(), part.begin(), part.end());
	}
	notes.insert(notes.end(), note.begin(), note.end());
	EXPECT_EQ(build_id_of(notes, true), "010203");
	EXPECT_EQ(build_id_of(byte_view(notes).first(notes.size() - 4), true), "") << "cut off";
	EXPECT_EQ(build_id_of(notes, false), "") << "of the other byte order";
}

} // namespace
} // namespace oriel::test
