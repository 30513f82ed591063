// SPDX-License-Identifier: GPL-2.0
#include "elf_tracepoints.hpp"

#include "elf_pointer.hpp"

namespace oriel {
namespace {

constexpr std::string_view tracepoint_prefix = "__tracepoint_";

// Members of struct trace_event_call, in words: list (two words), class, then the name or the tracepoint.
// The system's name is the first member of struct trace_event_class. All unchanged from 5.10 to 7.3.
constexpr std::uint64_t call_class_word = 2;
constexpr std::uint64_t call_name_word = 3;

// An event's name is that of its tracepoint, except for the few that hold a string of their own.
std::string event_name(const elf_file &file, const elf_location &call)
{
	const auto named = pointer_at(file, call.section, call.offset + call_name_word * file.word_size());
	if (!named)
		return {};
	if (named->symbol.starts_with(tracepoint_prefix))
		return std::string(named->symbol.substr(tracepoint_prefix.size()));
	if (const auto through = pointer_at(file, named->section, named->offset))
		return string_at(file, through);
	return string_at(file, named);
}

std::string event_system(const elf_file &file, const elf_location &call)
{
	const auto event_class = pointer_at(file, call.section, call.offset + call_class_word * file.word_size());
	if (!event_class)
		return {};
	return string_at(file, pointer_at(file, event_class->section, event_class->offset));
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
		if (const auto call = pointer_at(file, events->index, at))
			event = {event_system(file, *call), event_name(file, *call)};
		facts.events.push_back(std::move(event));
	}
	return facts;
}

} // namespace oriel
