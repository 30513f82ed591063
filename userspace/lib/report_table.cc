// SPDX-License-Identifier: GPL-2.0
#include "report_table.hpp"

#include <algorithm>
#include <map>

namespace oriel {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_rows = 200;
constexpr double whole = 100;

// A row of each side, by the same keys.
struct joined_row {
	std::vector<ordered_json> keys;
	std::vector<std::vector<std::optional<double>>> sides;

	double largest() const
	{
		double most = 0;
		for (const auto &measures : sides)
			most = std::max(most, measures.front().value_or(0));
		return most;
	}
};

std::vector<joined_row> join(const report_table &table)
{
	std::vector<joined_row> rows;
	std::map<std::vector<ordered_json>, std::size_t> places;
	std::vector<std::optional<double>> absent; // what counts nothing there is 0; a part of nothing is none
	for (const report_column &measure : table.measures)
		absent.push_back(measure.kind == "percent" ? std::nullopt : std::optional(0.0));
	for (std::size_t side = 0; side < table.sides.size(); side++) {
		for (const report_row &row : table.sides[side]) {
			const auto [at, is_new] = places.try_emplace(row.keys, rows.size());
			if (is_new)
				rows.push_back({row.keys, std::vector(table.sides.size(), absent)});
			rows[at->second].sides[side] = row.measures;
		}
	}
	if (table.sides.size() > 1 && table.by_size)
		std::stable_sort(rows.begin(), rows.end(),
				 [](const joined_row &a, const joined_row &b) { return a.largest() > b.largest(); });
	return rows;
}

ordered_json cell(std::optional<double> number)
{
	return number ? ordered_json(*number) : ordered_json(nullptr);
}

ordered_json change(const joined_row &row, bool in_points)
{
	const auto from = row.sides[0].front(), to = row.sides[1].front();
	if (!from || !to || (!in_points && *from == 0))
		return nullptr;
	return in_points ? *to - *from : whole * (*to - *from) / *from;
}

std::string side_name(std::size_t side)
{
	return side == 0 ? "A" : "B";
}

} // namespace

ordered_json table_json(const report_table &table)
{
	const bool two = table.sides.size() > 1;
	ordered_json columns = ordered_json::array();
	const auto add_column = [&](const std::string &name, const std::string &kind) {
		columns.push_back({{"name", name}, {"kind", kind}});
	};
	for (const report_column &key : table.keys)
		add_column(key.name, key.kind);
	const bool in_points = !table.measures.empty() && table.measures.front().kind == "percent";
	for (std::size_t i = 0; i < table.measures.size(); i++) {
		for (std::size_t side = 0; side < table.sides.size(); side++)
			add_column(table.measures[i].name + (two ? ", " + side_name(side) : ""), table.measures[i].kind);
		if (two && i == 0)
			add_column("change", in_points ? "points" : "change");
	}
	const auto rows = join(table);
	ordered_json lines = ordered_json::array();
	for (std::size_t r = 0; r < rows.size() && r < most_rows; r++) {
		ordered_json line = rows[r].keys;
		for (std::size_t i = 0; i < table.measures.size(); i++) {
			for (const auto &measures : rows[r].sides)
				line.push_back(cell(measures[i]));
			if (two && i == 0)
				line.push_back(change(rows[r], in_points));
		}
		lines.push_back(std::move(line));
	}
	return {{"title", table.title}, {"columns", columns}, {"rows", lines}, {"more", rows.size() - lines.size()}};
}

ordered_json bars_json(const report_table &table, const std::string &title, std::size_t most)
{
	auto rows = join(table);
	rows.resize(std::min(rows.size(), most));
	ordered_json labels = ordered_json::array(), series = ordered_json::array();
	for (const joined_row &row : rows)
		labels.push_back(row.keys.front());
	for (std::size_t side = 0; side < table.sides.size(); side++) {
		ordered_json values = ordered_json::array();
		for (const joined_row &row : rows)
			values.push_back(cell(row.sides[side].front()));
		series.push_back({{"name", table.sides.size() > 1 ? side_name(side) : table.measures.front().name}, {"values", values}});
	}
	return {{"title", title}, {"shape", "bars"}, {"kind", table.measures.front().kind}, {"labels", labels}, {"series", series}};
}

} // namespace oriel
