// SPDX-License-Identifier: GPL-2.0
#include "budget.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

using enum budget::change;

const std::vector<sacrifice> all{sacrifice::policies, sacrifice::pace, sacrifice::processes, sacrifice::programs};

TEST(budget, gives_up_one_thing_for_each_interval_above)
{
	budget b(1, all);
	EXPECT_EQ(b.observe(1.0), none) << "the budget itself may be taken";
	for (const sacrifice one : all) {
		EXPECT_FALSE(b.has_given_up(one));
		EXPECT_EQ(b.observe(1.01), gave_up);
		EXPECT_EQ(b.last(), one);
		EXPECT_TRUE(b.has_given_up(one));
	}
	EXPECT_EQ(b.observe(99), none) << "there is nothing left";
	EXPECT_EQ(b.steps(), all.size());
}

TEST(budget, takes_back_after_six_calm_intervals)
{
	budget b(1, all);
	b.observe(2);
	b.observe(2);
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(b.observe(0.5), none);
	EXPECT_EQ(b.observe(0.5), took_back);
	EXPECT_EQ(b.last(), sacrifice::pace) << "the last one first";
	EXPECT_TRUE(b.has_given_up(sacrifice::policies));
}

TEST(budget, calm_means_in_a_row)
{
	budget b(1, all);
	b.observe(2);
	for (int i = 0; i < 20; i++) {
		for (int j = 0; j < 5; j++)
			EXPECT_EQ(b.observe(0.1), none);
		EXPECT_EQ(b.observe(0.8), none) << "below the budget, but not below half of it";
	}
}

TEST(budget, what_is_dear_all_the_time_is_tried_ever_more_seldom)
{
	budget b(1, {sacrifice::programs});
	unsigned tries = 0;
	b.observe(2);
	for (int i = 0; i < 1000; i++) {
		if (b.observe(0) == took_back) {
			tries++;
			EXPECT_EQ(b.observe(2), gave_up);
		}
	}
	EXPECT_GE(tries, 5u);
	EXPECT_LE(tries, 8u);
}

TEST(budget, gives_up_only_what_there_is)
{
	budget b(1, {});
	EXPECT_EQ(b.observe(50), none);
	EXPECT_EQ(b.observe(0), none);
}

} // namespace
} // namespace oriel::test
