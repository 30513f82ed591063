// SPDX-License-Identifier: GPL-2.0
#include "module_builder.hpp"

#include <cstddef>
#include <cstring>
#include <oriel/marker.h>

namespace oriel::test {
namespace {

constexpr std::size_t word = 8;
constexpr std::size_t call_bytes = 18 * word; // of struct trace_event_call, about
constexpr std::size_t class_bytes = 8 * word; // of struct trace_event_class, about

bytes modinfo_section(const std::vector<std::string> &entries)
{
	std::string text;
	for (const std::string &entry : entries)
		text += entry + '\0';
	return to_bytes(text);
}

bytes note_section(const bytes &build_id)
{
	const Elf64_Nhdr head{4, static_cast<Elf64_Word>(build_id.size()), NT_GNU_BUILD_ID};
	bytes note(sizeof(head));
	std::memcpy(note.data(), &head, sizeof(head));
	const bytes name = to_bytes(std::string_view("GNU\0", 4));
	note.insert(note.end(), name.begin(), name.end());
	note.insert(note.end(), build_id.begin(), build_id.end());
	return note;
}

bytes versions_section(const std::vector<std::pair<std::string, std::uint32_t>> &versions)
{
	bytes section;
	for (const auto &[name, checksum] : versions) {
		bytes entry(64);
		std::memcpy(entry.data(), &checksum, sizeof(checksum));
		std::memcpy(entry.data() + word, name.c_str(), name.size());
		section.insert(section.end(), entry.begin(), entry.end());
	}
	return section;
}

// As TRACE_EVENT() lays them out: a pointer to the call, which points to its class and its tracepoint.
void add_events(elf_builder &elf, const std::vector<trace_event> &events)
{
	if (events.empty())
		return;
	const std::size_t count = events.size();
	const auto pointers = elf.section("_ftrace_events", bytes(count * word));
	const auto tracepoint_pointers = elf.section("__tracepoints_ptrs", bytes(count * 4));
	const auto data = elf.section(".data", bytes(count * (call_bytes + class_bytes)));
	std::string strings;
	for (const trace_event &event : events)
		strings += event.system + '\0';
	const auto text = elf.section(".rodata.str1.1", to_bytes(strings));
	std::uint64_t string_at = 0;
	for (std::size_t i = 0; i < count; i++) {
		const std::uint64_t call = i * (call_bytes + class_bytes);
		const std::uint64_t event_class = call + call_bytes;
		const auto data_symbol = elf.symbol("", data);
		const auto text_symbol = elf.symbol("", text);
		const auto tracepoint = elf.symbol("__tracepoint_" + events[i].name, data);
		elf.relocate(pointers, i * word, data_symbol, static_cast<std::int64_t>(call));
		elf.relocate(tracepoint_pointers, i * 4, tracepoint);
		elf.relocate(data, call + 2 * word, data_symbol, static_cast<std::int64_t>(event_class));
		elf.relocate(data, call + 3 * word, tracepoint);
		elf.relocate(data, event_class, text_symbol, static_cast<std::int64_t>(string_at));
		string_at += events[i].system.size() + 1;
	}
}

// As oriel_mark() lays them out.
void add_markers(elf_builder &elf, const std::vector<marker_place> &markers)
{
	for (const marker_place &place : markers) {
		oriel_marker record = {};
		record.magic = ORIEL_MARKER_MAGIC;
		record.abi = ORIEL_MARKER_ABI;
		record.size = sizeof(record);
		record.line = place.line;
		const auto *start = reinterpret_cast<const std::byte *>(&record);
		const auto data = elf.section(".data.marker", bytes(start, start + sizeof(record)));
		elf.symbol("__oriel_marker.1", data);
		const auto point = [&](std::size_t offset, const std::string &text) {
			const auto strings = elf.section(".rodata.str1.1", to_bytes(text + '\0'));
			elf.relocate(data, offset, elf.symbol("", strings));
		};
		point(offsetof(oriel_marker, subsystem), place.subsystem);
		point(offsetof(oriel_marker, event), place.event);
		point(offsetof(oriel_marker, format), place.format);
		point(offsetof(oriel_marker, file), place.file);
	}
}

} // namespace

bytes module_builder::build() const
{
	elf_builder elf;
	elf.machine = machine;
	elf.section(".text", to_bytes("code"));
	elf.section(".modinfo", modinfo_section(info));
	elf.section(".gnu.linkonce.this_module", bytes(this_module_bytes));
	if (!build_id.empty())
		elf.section(".note.gnu.build-id", note_section(build_id), SHT_NOTE);
	if (versions)
		elf.section("__versions", versions_section(*versions));
	for (const std::string &name : imports)
		elf.symbol(name);
	add_events(elf, events);
	add_markers(elf, markers);
	return elf.build();
}

} // namespace oriel::test
