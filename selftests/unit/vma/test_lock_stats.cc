// SPDX-License-Identifier: GPL-2.0
#include "vma_lock_stats.hpp"

#include <gtest/gtest.h>

using oriel::vma_lock_stats;

TEST(vma_lock_stats, reads_the_lines_of_vmstat)
{
	const auto stats =
		vma_lock_stats::parse("nr_free_pages 5\nvma_lock_success 40\nvma_lock_abort 3\nvma_lock_retry 2\nvma_lock_miss 1\n");
	ASSERT_TRUE(stats);
	const vma_lock_stats since = stats->since({10, 1, 2, 0});
	EXPECT_EQ(since.success, 30u);
	EXPECT_EQ(since.abort, 2u);
	EXPECT_EQ(since.retry, 0u);
	EXPECT_EQ(since.miss, 1u);
}

TEST(vma_lock_stats, tells_a_kernel_that_counts_nothing)
{
	EXPECT_FALSE(vma_lock_stats::parse(""));
	EXPECT_FALSE(vma_lock_stats::parse("nr_free_pages 5\nvma_lock_success 40\n"));
	EXPECT_FALSE(vma_lock_stats::parse("vma_lock_success 4x\nvma_lock_abort 3\nvma_lock_retry 2\nvma_lock_miss 1\n"));
	EXPECT_FALSE(vma_lock_stats::parse("vma_lock_success 99999999999999999999\nvma_lock_abort 3\nvma_lock_retry 2\nvma_lock_miss 1\n"));
}
