// SPDX-License-Identifier: GPL-2.0
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {

using nlohmann::ordered_json;

std::string side_prefix(std::size_t side, std::size_t of)
{
	return of < 2 ? "" : side == 0 ? "A: " : "B: ";
}

void add_lines(report_section &section, const std::string &title, const std::string &kind, const std::vector<report_line> &lines)
{
	constexpr std::size_t fewest = 2;
	if (std::none_of(lines.begin(), lines.end(), [](const report_line &line) { return line.points.size() >= fewest; }))
		return;
	ordered_json series = ordered_json::array();
	for (const report_line &line : lines) {
		ordered_json points = ordered_json::array();
		for (const auto &[at, value] : line.points)
			points.push_back({at, value ? ordered_json(*value) : ordered_json(nullptr)});
		series.push_back({{"name", line.name}, {"points", points}});
	}
	section.charts.push_back({{"title", title}, {"shape", "lines"}, {"kind", kind}, {"series", series}});
}

void add_coverage(report_section &section, const std::vector<const report_part *> &parts, const std::vector<std::uint64_t> &refused)
{
	report_table table{"BPF programs", {{"program", "name"}, {"hook", "name"}, {"state", "name"}}, {{"left out", "count"}}, {{}}};
	if (parts.size() > 1)
		table.keys.insert(table.keys.begin(), {"in", "name"});
	for (std::size_t i = 0; i < parts.size(); i++) {
		const std::string prefix = side_prefix(i, parts.size());
		for (const std::string &sentence : parts[i]->unseen)
			section.unseen.push_back(prefix + "not seen: " + sentence);
		std::uint64_t misses = 0;
		for (const program_state &program : parts[i]->programs) {
			misses += program.misses;
			report_row row{{program.name, program.hook, program.attached ? "attached" : "not attached: " + program.reason},
				       {static_cast<double>(program.misses)}};
			if (parts.size() > 1)
				row.keys.insert(row.keys.begin(), prefix.substr(0, 1));
			table.sides[0].push_back(std::move(row));
		}
		if (misses != 0)
			section.unseen.push_back(
				fmt::format("{}lost: {} {} of BPF programs, which the kernel left out because one ran on the "
					    "processor already",
					    prefix, count_text(misses), plural(misses, "run")));
		if (refused[i] != 0)
			section.unseen.push_back(fmt::format("{}lost: {} {} there was no room to count", prefix, count_text(refused[i]),
							     plural(refused[i], "time")));
		if (misses == 0 && refused[i] == 0)
			section.unseen.push_back(prefix + "nothing was lost");
	}
	if (!table.sides[0].empty())
		section.tables.push_back(table_json(table));
}

} // namespace oriel
