// SPDX-License-Identifier: GPL-2.0
#include "elf_tracepoints.hpp"

#include <algorithm>

namespace oriel {
namespace {

constexpr std::string_view tracepoint_prefix = "__tracepoint_";

// Members of struct trace_event_call, in words: list (two words), class, then the name or the tracepoint.
// The system's name is the first member of struct trace_event_class. All unchanged from 5.10 to 7.2.
constexpr std::uint64_t call_class_word = 2;
constexpr std::uint64_t call_name_word = 3;

struct location {
	std::size_t section = 0;
	std::uint64_t offset = 0;
	std::string_view symbol;
};

// Where the pointer at a place points to, once relocated.
std::optional<location> target_of(const elf_file &file, std::size_t section, std::uint64_t offset)
{
	const auto list = file.relocations(section);
	const auto found = std::lower_bound(list.begin(), list.end(), offset,
					    [](const elf_relocation &r, std::uint64_t at) { return r.offset < at; });
	if (found == list.end() || found->offset != offset || found->symbol >= file.symbols().size())
		return std::nullopt;
	const elf_symbol &symbol = file.symbols()[found->symbol];
	return location{symbol.section, symbol.value + static_cast<std::uint64_t>(found->addend), symbol.name};
}

std::string string_behind(const elf_file &file, const std::optional<location> &where)
{
	if (!where)
		return {};
	return std::string(file.string_at(where->section, where->offset).value_or(std::string_view{}));
}

// An event's name is that of its tracepoint, except for the few that hold a string of their own.
std::string event_name(const elf_file &file, const location &call)
{
	const auto named = target_of(file, call.section, call.offset + call_name_word * file.word_size());
	if (!named)
		return {};
	if (named->symbol.starts_with(tracepoint_prefix))
		return std::string(named->symbol.substr(tracepoint_prefix.size()));
	if (const auto through = target_of(file, named->section, named->offset))
		return string_behind(file, through);
	return string_behind(file, named);
}

std::string event_system(const elf_file &file, const location &call)
{
	const auto event_class = target_of(file, call.section, call.offset + call_class_word * file.word_size());
	if (!event_class)
		return {};
	return string_behind(file, target_of(file, event_class->section, event_class->offset));
}

} // namespace

tracepoint_facts read_tracepoints(const elf_file &file)
{
	tracepoint_facts facts;
	// Pointers or 32-bit offsets, as the architecture likes: their relocations can be counted either way.
	if (const elf_section *pointers = file.section("__tracepoints_ptrs"))
		facts.tracepoints = file.relocations(pointers->index).size();
	const elf_section *events = file.section("_ftrace_events");
	if (!events)
		return facts;
	for (std::uint64_t at = 0; at + file.word_size() <= events->data.size(); at += file.word_size()) {
		trace_event event;
		if (const auto call = target_of(file, events->index, at))
			event = {event_system(file, *call), event_name(file, *call)};
		facts.events.push_back(std::move(event));
	}
	return facts;
}

} // namespace oriel
