// SPDX-License-Identifier: GPL-2.0
#include "elf_markers.hpp"

#include "elf_pointer.hpp"

#include <algorithm>
#include <cstddef>
#include <oriel/marker.h>
#include <tuple>

namespace oriel {
namespace {

constexpr std::string_view symbol_part = "__oriel_marker";

std::optional<marker_place> read_marker(const elf_file &file, const elf_symbol &symbol)
{
	if (symbol.section == 0 || symbol.section >= file.sections().size())
		return std::nullopt;
	const byte_view data = file.sections()[symbol.section].data;
	const auto number = [&](std::size_t offset, std::size_t size) { return file.integer(data, symbol.value + offset, size); };
	const auto text = [&](std::size_t offset) { return string_at(file, pointer_at(file, symbol.section, symbol.value + offset)); };
	if (number(offsetof(oriel_marker, magic), 8) != ORIEL_MARKER_MAGIC || number(offsetof(oriel_marker, abi), 2) != ORIEL_MARKER_ABI)
		return std::nullopt;
	return marker_place{text(offsetof(oriel_marker, subsystem)), text(offsetof(oriel_marker, event)),
			    text(offsetof(oriel_marker, format)), text(offsetof(oriel_marker, file)),
			    number(offsetof(oriel_marker, line), 8).value_or(0)};
}

} // namespace

std::vector<marker_place> read_markers(const elf_file &file)
{
	std::vector<marker_place> places;
	if (file.word_size() != sizeof(void *))
		return places; // of a machine whose records are laid out otherwise
	for (const elf_symbol &symbol : file.symbols())
		if (symbol.name.find(symbol_part) != std::string_view::npos)
			if (auto place = read_marker(file, symbol))
				places.push_back(std::move(*place));
	std::sort(places.begin(), places.end(),
		  [](const auto &a, const auto &b) { return std::tie(a.file, a.line, a.event) < std::tie(b.file, b.line, b.event); });
	return places;
}

} // namespace oriel
