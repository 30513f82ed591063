// SPDX-License-Identifier: GPL-2.0
#include "series.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

using prometheus::MetricType;

const metric faults{"oriel_faults_total", "Faults.", MetricType::Counter};
const metric lookups{"oriel_lookups_total", "Lookups.", MetricType::Counter};

// The value of each series of a metric, by its first label.
std::map<std::string, double> values(const series_set &set, const std::string &name)
{
	std::map<std::string, double> found;
	for (const auto &family : set.take())
		if (family.name == name)
			for (const auto &one : family.metric)
				found[one.label.empty() ? "" : one.label.front().value] = one.counter.value;
	return found;
}

std::map<std::string, double> written(const counter_table &table, const std::string &name)
{
	series_set set(2000);
	table.write(set);
	return values(set, name);
}

TEST(series, at_most_so_many)
{
	series_set set(3);
	for (int i = 0; i < 5; i++)
		set.add(faults, {{"n", std::to_string(i)}}, i);
	EXPECT_EQ(set.size(), 3u);
	EXPECT_EQ(set.left_out(), 2u);
	EXPECT_EQ(values(set, "oriel_faults_total").size(), 3u);
}

TEST(series, the_rest_is_summed_as_other)
{
	counter_table table("cgroup", {faults, lookups}, 6, 10);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++)
			table.add("g" + std::to_string(i), {1, 2});
		table.end_observation();
	}
	EXPECT_EQ(table.things(), 2u);
	EXPECT_EQ(written(table, "oriel_faults_total"), (std::map<std::string, double>{{"g0", 2}, {"g1", 2}, {"other", 2 * 998}}));
	EXPECT_EQ(written(table, "oriel_lookups_total")["other"], 2 * 2 * 998);
	series_set set(2000);
	table.write(set);
	EXPECT_EQ(set.size(), 6u);
}

TEST(series, nobody_is_called_other)
{
	counter_table table("cgroup", {faults}, 10, 10);
	table.add("other", {1});
	EXPECT_EQ(table.things(), 0u);
	EXPECT_EQ(written(table, "oriel_faults_total")["other"], 1);
}

TEST(series, the_idle_make_room_and_other_never_falls)
{
	counter_table table("cgroup", {faults}, 2, 2);
	table.add("old", {1});
	table.add("new", {5});
	table.end_observation();
	for (int i = 0; i < 2; i++)
		table.end_observation();
	EXPECT_EQ(table.things(), 0u);
	table.add("new", {7});
	EXPECT_EQ(written(table, "oriel_faults_total"), (std::map<std::string, double>{{"new", 7}, {"other", 5}}));
}

TEST(series, memory_is_flat_when_ten_thousand_come_and_go)
{
	counter_table table("cgroup", {faults}, 100, 3);
	for (int i = 0; i < 10000; i++) {
		table.add("g" + std::to_string(i), {1});
		table.end_observation();
	}
	EXPECT_LE(table.things(), 4u);
}

TEST(series, labels_are_plain_text_and_told_apart_by_it)
{
	counter_table table("cgroup", {faults}, 100, 3);
	table.add("a\xff", {1});
	table.add("a\n", {1});
	EXPECT_EQ(written(table, "oriel_faults_total"), (std::map<std::string, double>{{"a?", 2}, {"other", 0}}));
}

} // namespace
} // namespace oriel::test
