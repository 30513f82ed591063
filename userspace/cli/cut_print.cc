// SPDX-License-Identifier: GPL-2.0
#include "cut_print.hpp"

#include "number_words.hpp"
#include "print_line.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t cells = 64, letters = 26;

// `part` of `whole` in so many steps, without overflow.
std::uint64_t scaled(std::uint64_t part, std::uint64_t whole, std::uint64_t steps)
{
	return whole ? std::min(steps - 1, static_cast<std::uint64_t>(static_cast<long double>(part) * steps / whole)) : 0;
}

char letter_of(std::uint64_t physical, std::uint64_t lower_size)
{
	return static_cast<char>('a' + scaled(physical, lower_size, letters));
}

std::uint64_t cell_start(std::uint64_t cell, std::uint64_t size)
{
	return static_cast<std::uint64_t>(static_cast<long double>(size) * cell / cells);
}

// The extent that a byte of the file lies in.
const cut_extent &extent_at(const cut_map &map, std::uint64_t offset)
{
	const auto behind = std::upper_bound(map.extents.begin(), map.extents.end(), offset,
					     [](std::uint64_t at, const cut_extent &extent) { return at < extent.offset; });
	return *std::prev(behind);
}

char file_cell(const cut_map &map, std::uint64_t cell)
{
	const std::uint64_t offset = std::min(cell_start(cell, map.size), map.size - 1);
	const cut_extent &extent = extent_at(map, offset);
	if (extent.kind != cut_kind::data)
		return extent.kind == cut_kind::hole ? '.' : '-';
	return letter_of(extent.physical + (offset - extent.offset), map.lower_size);
}

std::string lower_line(const cut_map &map)
{
	std::string line(cells, ' ');
	for (const cut_extent &extent : map.extents) {
		if (extent.kind == cut_kind::hole)
			continue;
		const std::uint64_t last = scaled(extent.physical + extent.length - 1, map.lower_size, cells);
		for (std::uint64_t cell = scaled(extent.physical, map.lower_size, cells); cell <= last; cell++)
			line[cell] = extent.kind == cut_kind::unwritten ? '-' : letter_of(cell_start(cell, map.lower_size), map.lower_size);
	}
	return line;
}

} // namespace

std::string summary_of(const cut_map &map)
{
	if (!map.readable())
		return fmt::format("{}: {}", to_string(map.state), map.why);
	std::string text = fmt::format("{}, {} {}", to_string(map.state), count_text(map.size), plural(map.size, "byte"));
	if (map.state == cut_state::plain)
		return text;
	text += fmt::format(" in {} {}; lower file {} bytes", count_text(map.extents.size()), plural(map.extents.size(), "extent"),
			    count_text(map.lower_size));
	if (map.state == cut_state::cut)
		text += fmt::format("; checkpoint {} and {} {} behind it", map.checkpoint, count_text(map.records),
				    plural(map.records, "change"));
	return text;
}

void print_extents(const cut_map &map)
{
	print_line(fmt::format("{:>20} {:>20} {:<9} {:>20}", "OFFSET", "LENGTH", "KIND", "PHYSICAL"));
	for (const cut_extent &extent : map.extents)
		print_line(fmt::format("{:>20} {:>20} {:<9} {:>20}", extent.offset, extent.length, to_string(extent.kind),
				       extent.kind == cut_kind::hole ? "-" : std::to_string(extent.physical)));
}

std::vector<std::string> picture_of(const cut_map &map)
{
	std::string line;
	for (std::uint64_t cell = 0; cell < cells && map.size; cell++)
		line += file_cell(map, cell);
	return {fmt::format("file  |{:<64}|", line), fmt::format("lower |{}|", lower_line(map))};
}

ordered_json extents_json(const cut_map &map)
{
	auto list = ordered_json::array();
	for (const cut_extent &extent : map.extents) {
		ordered_json one{{"offset", extent.offset}, {"length", extent.length}, {"kind", to_string(extent.kind)}};
		if (extent.kind != cut_kind::hole)
			one["physical"] = extent.physical;
		list.push_back(one);
	}
	return list;
}

ordered_json to_json(const std::string &path, const cut_map &map)
{
	ordered_json one{{"file", path}, {"state", to_string(map.state)}, {"lower_size", map.lower_size}};
	if (!map.readable())
		one["why"] = map.why;
	else
		one["size"] = map.size;
	if (map.state == cut_state::cut) {
		one["extent_count"] = map.extents.size();
		one["checkpoint"] = map.checkpoint;
		one["records"] = map.records;
	}
	return one;
}

} // namespace oriel
