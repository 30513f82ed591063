// SPDX-License-Identifier: GPL-2.0
#include "elf_markers.hpp"
#include "module_builder.hpp"
#include "module_file.hpp"

#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <oriel/marker.h>

namespace oriel::test {
namespace {

const marker_place first{"net", "sent", "bytes=%u", "a.c", 7};
const marker_place second{"net", "sent", "bytes=%u", "a.c", 9};

TEST(markers, are_read_from_the_file)
{
	module_builder module;
	module.markers = {second, first};
	EXPECT_EQ(parse_module(module.build(), "m.ko")->markers, (std::vector<marker_place>{first, second}));
	EXPECT_TRUE(parse_module(module_builder().build(), "m.ko")->markers.empty());
}

TEST(markers, are_not_what_only_bears_the_name)
{
	elf_builder elf;
	const auto data = elf.section(".data", bytes(sizeof(oriel_marker)));
	elf.symbol("__oriel_marker.1", data);
	elf.symbol("__oriel_marker.2", data, 1u << 30);
	elf.symbol("__oriel_marker.3");
	elf.symbol("__oriel_marker.4", 200);
	const bytes content = elf.build();
	EXPECT_TRUE(read_markers(*elf_file::parse(content, "m")).empty());
}

TEST(markers, with_pointers_that_lead_nowhere_have_no_names)
{
	oriel_marker record = {};
	record.magic = ORIEL_MARKER_MAGIC;
	record.abi = ORIEL_MARKER_ABI;
	const auto *start = reinterpret_cast<const std::byte *>(&record);
	elf_builder elf;
	const auto data = elf.section(".data", bytes(start, start + sizeof(record)));
	elf.symbol("__oriel_marker.1", data);
	elf.relocate(data, offsetof(oriel_marker, event), elf.symbol("far", data, 1u << 30));
	const bytes content = elf.build();
	EXPECT_EQ(read_markers(*elf_file::parse(content, "m")), std::vector<marker_place>{marker_place{}});
}

} // namespace
} // namespace oriel::test
