// SPDX-License-Identifier: GPL-2.0
#include "marker/rate_limit.h"

#include <gtest/gtest.h>

using namespace oriel;

TEST(rate_limit, admits_so_many_each_second)
{
	constexpr u64 second = 1'000'000'000;
	rate_limit limit{3};
	int admitted = 0;
	for (int i = 0; i < 10; i++)
		admitted += limit.admits(5 * second + i);
	EXPECT_EQ(admitted, 3);
	for (int i = 0; i < 10; i++)
		admitted += limit.admits(6 * second + i);
	EXPECT_EQ(admitted, 6);
}

TEST(rate_limit, zero_is_none)
{
	rate_limit none{0};
	for (int i = 0; i < 100; i++)
		EXPECT_TRUE(none.admits(1));
}
