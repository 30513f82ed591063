// SPDX-License-Identifier: GPL-2.0
#include "module_builder.hpp"
#include "module_file.hpp"
#include "scratch.hpp"
#include "signing.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(modinfo, keeps_the_first_of_many)
{
	const auto info = modinfo::parse(to_bytes(std::string_view("alias=a\0alias=b\0license=GPL\0noequals\0\0cut=of", 45)));
	EXPECT_EQ(info.get("alias"), "a");
	EXPECT_EQ(info.get_all("alias"), (std::vector<std::string>{"a", "b"}));
	EXPECT_EQ(info.get("cut"), "of");
	EXPECT_FALSE(info.has("noequals"));
	EXPECT_FALSE(modinfo::parse({}).has("x"));
}

TEST(modinfo, knows_compatible_licences)
{
	EXPECT_TRUE(is_gpl_compatible("GPL"));
	EXPECT_TRUE(is_gpl_compatible("Dual MIT/GPL"));
	EXPECT_FALSE(is_gpl_compatible("Proprietary"));
	EXPECT_FALSE(is_gpl_compatible(""));
}

TEST(module_file, is_taken_apart)
{
	const auto module = parse_module(module_builder().build(), "sample.ko");
	ASSERT_TRUE(module) << module.failure().message;
	EXPECT_EQ(module->name, "sample");
	EXPECT_EQ(module->vermagic(), stable_magic);
	EXPECT_EQ(module->build_id, "abcd");
	EXPECT_EQ(module->this_module_bytes, this_module_bytes);
	EXPECT_EQ(module->machine, EM_X86_64);
	EXPECT_TRUE(module->imports_symbol("_printk"));
	EXPECT_FALSE(module->imports_symbol("printk"));
	ASSERT_TRUE(module->versions);
	EXPECT_EQ(module->versions->at("module_layout"), 0x11u);
	EXPECT_EQ(module->sig.state, signature_state::absent);
	EXPECT_EQ(module->tracepoints.events.size(), 1u);
	EXPECT_FALSE(module->has_btf);
}

TEST(module_file, takes_its_name_from_the_file_where_it_has_none)
{
	module_builder builder;
	builder.info = {"license=GPL"};
	EXPECT_EQ(parse_module(builder.build(), "/lib/snd-dummy.ko.xz")->name, "snd_dummy");
}

TEST(module_file, reads_the_versions_of_long_names)
{
	elf_builder elf;
	elf.section(".gnu.linkonce.this_module", bytes(8));
	elf.section("__version_ext_crcs", to_bytes(std::string_view("\x01\0\0\0\x02\0\0\0\x03\0\0\0", 12)));
	elf.section("__version_ext_names", to_bytes(std::string_view("one\0two\0", 8)));
	const auto module = parse_module(elf.build(), "m.ko");
	ASSERT_TRUE(module && module->versions);
	EXPECT_EQ(module->versions->size(), 2u) << "a checksum without a name is none";
	EXPECT_EQ(module->versions->at("two"), 2u);
}

TEST(module_file, must_be_a_module)
{
	EXPECT_NE(parse_module(elf_builder().build(), "m").failure().message.find("no kernel module"), std::string::npos);
	elf_builder program;
	program.type = ET_EXEC;
	program.section(".gnu.linkonce.this_module", bytes(8));
	EXPECT_FALSE(parse_module(program.build(), "m"));
}

TEST(module_file, is_read_without_its_signature)
{
	const bytes content = module_builder().build();
	const auto module =
		parse_module(sign(content, throwaway_key()), "m.ko", {certificate_of(other_key()), certificate_of(throwaway_key())});
	ASSERT_TRUE(module) << module.failure().message;
	EXPECT_EQ(module->sig.state, signature_state::parsed);
	ASSERT_TRUE(module->signed_by);
	EXPECT_EQ(module->signed_by->origin, throwaway_key().certificate);
	EXPECT_EQ(module->content_is_signed, true);
}

TEST(module_file, that_was_changed_after_signing_is_found_out)
{
	bytes file = sign(module_builder().build(), throwaway_key());
	file[sizeof(Elf64_Ehdr)] ^= std::byte{1}; // in .text
	const auto module = parse_module(file, "m.ko", {certificate_of(throwaway_key())});
	ASSERT_TRUE(module);
	EXPECT_EQ(module->content_is_signed, false);
}

TEST(module_file, knows_where_it_was_built)
{
	const scratch_dir dir;
	const auto path = dir.write("m.ko", module_builder().build());
	EXPECT_EQ(read_module_file(path)->source_dir, "");
	dir.write("Makefile", "obj-m := m.o\n");
	EXPECT_EQ(read_module_file(path)->source_dir, dir.path());
}

} // namespace
} // namespace oriel::test
