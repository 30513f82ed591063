// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

// Numbers with what they are called, for tables and charts of a page that knows nothing of kernels.
namespace oriel {

// What the cells are: "name" (a text), "id" (a number that nobody adds up), "count", "rate" (for each second), "percent" (0 to 100), "ns",
// "ns_rate" (ns in each second), "change" (percent of the first side), "points" (percent, less that of the first side).
struct report_column {
	std::string name;
	std::string kind;
};

struct report_row {
	std::vector<nlohmann::ordered_json> keys;
	std::vector<std::optional<double>> measures;
};

// With one side its rows in their order. With two, a row for each name that one of them has, with the measures of both and how the first one
// changed.
struct report_table {
	std::string title;
	std::vector<report_column> keys;
	std::vector<report_column> measures;
	std::vector<std::vector<report_row>> sides;
	bool by_size = true; // two sides: largest first
};

// {"title", "columns": [{"name", "kind"}], "rows": [[...]], "more": rows that were left out}
nlohmann::ordered_json table_json(const report_table &table);
// Bars of the first measure, by the first key: {"title", "shape": "bars", "kind", "labels", "series": [{"name", "values"}]}
nlohmann::ordered_json bars_json(const report_table &table, const std::string &title, std::size_t most);

} // namespace oriel
