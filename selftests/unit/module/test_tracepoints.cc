// SPDX-License-Identifier: GPL-2.0
#include "elf_tracepoints.hpp"
#include "module_builder.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

tracepoint_facts facts_of(const bytes &content)
{
	const auto file = elf_file::parse(content, "m");
	return read_tracepoints(*file);
}

TEST(tracepoints, are_named_through_relocations)
{
	module_builder module;
	module.events = {{"net", "sent"}, {"disk", "written"}};
	const auto facts = facts_of(module.build());
	EXPECT_EQ(facts.tracepoints, 2u);
	EXPECT_EQ(facts.events, module.events);
}

TEST(tracepoints, are_none_where_there_are_none)
{
	module_builder module;
	module.events.clear();
	const auto facts = facts_of(module.build());
	EXPECT_EQ(facts.tracepoints, 0u);
	EXPECT_TRUE(facts.events.empty());
}

TEST(tracepoints, are_counted_also_where_they_cannot_be_named)
{
	elf_builder elf;
	elf.section("_ftrace_events", bytes(3 * 8 + 5)); // and a part of a pointer
	const auto facts = facts_of(elf.build());
	ASSERT_EQ(facts.events.size(), 3u);
	EXPECT_FALSE(facts.events[0].is_named());
}

TEST(tracepoints, survive_pointers_that_lead_nowhere)
{
	elf_builder elf;
	const auto events = elf.section("_ftrace_events", bytes(8));
	const auto data = elf.section(".data", bytes(32));
	elf.relocate(events, 0, elf.symbol("event", data, 1u << 30));
	elf.relocate(events, 8, elf.symbol("behind", data));
	const auto facts = facts_of(elf.build());
	ASSERT_EQ(facts.events.size(), 1u);
	EXPECT_FALSE(facts.events[0].is_named());
}

TEST(tracepoints, take_the_name_from_a_string_where_the_event_has_no_tracepoint)
{
	elf_builder elf;
	const auto events = elf.section("_ftrace_events", bytes(8));
	const auto data = elf.section(".data", bytes(64));
	const auto text = elf.section(".rodata", to_bytes(std::string_view("sys\0own\0", 8)));
	const auto data_symbol = elf.symbol("", data);
	const auto text_symbol = elf.symbol("", text);
	elf.relocate(events, 0, data_symbol);
	elf.relocate(data, 16, data_symbol, 48); // the class
	elf.relocate(data, 24, text_symbol, 4);  // the name
	elf.relocate(data, 48, text_symbol, 0);  // the system
	EXPECT_EQ(facts_of(elf.build()).events.at(0), (trace_event{"sys", "own"}));
}

} // namespace
} // namespace oriel::test
