// SPDX-License-Identifier: GPL-2.0
#include "number_words.hpp"
#include "report_table.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

using nlohmann::ordered_json;

report_table small()
{
	return {"title", {{"name", "name"}}, {{"waited", "ns"}, {"hits", "percent"}}, {{{{"a"}, {10, 50}}, {{"b"}, {30, std::nullopt}}}}};
}

TEST(report_table, of_one_side_keeps_its_order)
{
	const ordered_json json = table_json(small());
	EXPECT_EQ(json["rows"], ordered_json::parse(R"([["a", 10.0, 50.0], ["b", 30.0, null]])"));
	EXPECT_EQ(json["columns"][1], ordered_json::parse(R"({"name": "waited", "kind": "ns"})"));
	EXPECT_EQ(json["more"], 0);
}

TEST(report_table, joins_two_sides_largest_first)
{
	report_table table = small();
	table.sides.push_back({{{"c"}, {40, 10}}, {{"a"}, {20, 60}}});
	const ordered_json json = table_json(table);
	EXPECT_EQ(json["rows"], ordered_json::parse(R"([["c", 0.0, 40.0, null, null, 10.0], ["b", 30.0, 0.0, -100.0, null, null],
		["a", 10.0, 20.0, 100.0, 50.0, 60.0]])"));
	EXPECT_EQ(json["columns"][3]["kind"], "change");
	const ordered_json bars = bars_json(table, "bars", 2);
	EXPECT_EQ(bars["labels"], ordered_json::parse(R"(["c", "b"])"));
	EXPECT_EQ(bars["series"][1], ordered_json::parse(R"({"name": "B", "values": [40.0, 0.0]})"));
	table.by_size = false;
	EXPECT_EQ(table_json(table)["rows"][0][0], "a");
}

TEST(report_table, compares_percentages_in_points)
{
	const report_table table{"", {{"name", "name"}}, {{"hits", "percent"}}, {{{{"a"}, {50}}, {{"b"}, {1}}}, {{{"a"}, {45.5}}}}};
	const ordered_json rows = table_json(table)["rows"];
	EXPECT_EQ(rows[0], ordered_json::parse(R"(["a", 50.0, 45.5, -4.5])"));
	EXPECT_EQ(rows[1], ordered_json::parse(R"(["b", 1.0, null, null])")) << "what is not there has no percentage";
}

TEST(report_table, says_how_many_rows_it_leaves_out)
{
	report_table table{"", {{"name", "name"}}, {{"count", "count"}}, {{}}};
	for (int i = 0; i < 250; i++)
		table.sides[0].push_back({{std::to_string(i)}, {i}});
	EXPECT_EQ(table_json(table)["rows"].size(), 200u);
	EXPECT_EQ(table_json(table)["more"], 50);
}

TEST(number_words, are_short)
{
	EXPECT_EQ(count_text(0) + " " + count_text(999) + " " + count_text(1234567), "0 999 1,234,567");
	EXPECT_EQ(rate_text(12345.6) + " " + rate_text(3.14) + " " + rate_text(0.0123) + " " + rate_text(0), "12,346 3.1 0.012 0.0");
	EXPECT_EQ(time_text(12) + " " + time_text(1234) + " " + time_text(5e6) + " " + time_text(2e9), "12 ns 1.23 us 5.00 ms 2.00 s");
	EXPECT_EQ(span_text(3.21) + ", " + span_text(600) + ", " + span_text(86400), "3.2 s, 10.0 minutes, 24.0 hours");
	EXPECT_EQ(percent_text(99.97) + " " + percent_text(100) + " " + percent_text(0.04) + " " + percent_text(0),
		  "99.97 % 100.0 % 0.04 % 0.0 %");
	EXPECT_EQ(percent_text(percent_of(1, 3)) + " " + percent_text(percent_of(1, 0)), "33.3 % -");
	EXPECT_EQ(change_text(100, 50) + " " + change_text(100, 500) + change_text(0, 1), "-50 % x 5.0");
	EXPECT_EQ(points_text(50, 65.1), "+15.1 points");
	EXPECT_EQ(change_text(1000, 1004) + ", " + change_text(1000, 996) + ", " + points_text(50, 50.01),
		  "no change, no change, no change");
	EXPECT_EQ(plural(1, "wait") + plural(2, "wait"), "waitwaits");
	EXPECT_EQ(moment_text(1'790'000'000'000'000'000), "2026-09-21 14:13:20 UTC");
	EXPECT_EQ(per_second(5, 0), 0);
}

} // namespace
} // namespace oriel::test
