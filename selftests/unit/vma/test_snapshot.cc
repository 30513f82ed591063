// SPDX-License-Identifier: GPL-2.0
#include "vma_collector.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

oriel_vma_row row(std::uint32_t tgid, std::uint64_t start_ns, std::uint64_t cgroup, std::uint64_t lookups)
{
	oriel_vma_row r{};
	r.process = {start_ns, tgid, tgid};
	r.cgroup = cgroup;
	r.counters.lookups = lookups;
	r.counters.hits[oriel_vma_thread4_lru] = lookups / 2;
	return r;
}

TEST(vma_snapshot, adds_up_a_process)
{
	vma_snapshot snapshot;
	snapshot.threads = {row(7, 100, 1, 10), row(7, 100, 1, 20), row(8, 100, 1, 400)};
	snapshot.ended = {row(7, 100, 1, 2)};
	snapshot.ended[0].process.tid = 0;
	const auto rows = snapshot.by_process();
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].process.tgid, 8u) << "the busiest first";
	EXPECT_EQ(rows[1].counters.lookups, 32u);
	EXPECT_EQ(rows[1].counters.hits[oriel_vma_thread4_lru], 16u);
	EXPECT_EQ(snapshot.sum().lookups, 432u);
}

TEST(vma_snapshot, a_number_that_is_used_again_is_another_process)
{
	vma_snapshot snapshot;
	snapshot.threads = {row(7, 200, 1, 10)};
	snapshot.ended = {row(7, 100, 1, 20)};
	EXPECT_EQ(snapshot.by_process().size(), 2u);
	EXPECT_EQ(snapshot.by_cgroup().size(), 1u);
}

TEST(vma_snapshot, adds_up_a_control_group)
{
	vma_snapshot snapshot;
	snapshot.threads = {row(7, 100, 1, 10), row(8, 100, 2, 5), row(9, 100, 1, 1)};
	const auto rows = snapshot.by_cgroup();
	ASSERT_EQ(rows.size(), 2u);
	EXPECT_EQ(rows[0].cgroup, 1u);
	EXPECT_EQ(rows[0].counters.lookups, 11u);
}

TEST(vma_snapshot, hit_rates_are_of_what_the_caches_saw)
{
	oriel_vma_counters counters{};
	EXPECT_EQ(simulated(counters), 0u);
	counters.lookups = 10;
	counters.unsimulated = 4;
	EXPECT_EQ(simulated(counters), 6u);
	counters.unsimulated = 11;
	EXPECT_EQ(simulated(counters), 0u) << "a file may say anything";
}

TEST(vma_snapshot, in_fewer_rows_nothing_is_left_out)
{
	vma_snapshot snapshot;
	snapshot.refused[0] = 3;
	for (std::uint32_t i = 0; i < 12; i++) {
		snapshot.threads.push_back(row(100 + i, 1, i / 4, i + 1)); // three groups of four
		snapshot.threads.push_back(row(100 + i, 1, i / 4, 1));
		snapshot.threads.back().process.tid = 7;
	}
	EXPECT_EQ(snapshot.at_most(24).threads.size(), 24u);
	const auto processes = snapshot.at_most(23);
	EXPECT_TRUE(processes.threads.empty());
	EXPECT_EQ(processes.ended.size(), 12u);
	const auto named = snapshot.at_most(11);
	ASSERT_EQ(named.ended.size(), 5u + 2) << "the least busy seven are of two groups";
	EXPECT_EQ(named.ended[0].process.tgid, 111u);
	EXPECT_EQ(named.ended[5].process.tgid, 0u);
	EXPECT_STREQ(named.ended[5].comm, "others");
	EXPECT_EQ(named.by_process().size(), 7u) << "each group is by itself";
	const auto few = snapshot.at_most(2);
	EXPECT_EQ(few.ended.size(), 2u) << "the groups in one";
	EXPECT_EQ(few.ended[1].cgroup, 0u);
	for (const vma_snapshot *one : {&processes, &named, &few}) {
		EXPECT_EQ(one->sum().lookups, snapshot.sum().lookups);
		EXPECT_EQ(one->refused[0], 3u);
	}
	EXPECT_EQ(snapshot.cgroups_at_most(100).ended.size(), 3u);
}

// A reading may find two rows of a process, of two rounds: which of them has what was told is not known.
TEST(vma_snapshot, what_was_told_of_a_process_is_not_told_again)
{
	std::vector<oriel_vma_row> ended{row(7, 100, 1, 5), row(7, 100, 1, 1010), row(8, 100, 1, 3)};
	const std::vector<oriel_vma_row> told{row(7, 100, 1, 400), row(7, 100, 1, 600), row(9, 100, 1, 50)};
	const auto rest = ended_since(ended, told);
	ASSERT_EQ(rest.size(), 2u);
	EXPECT_EQ(rest[0].counters.lookups, 15u);
	EXPECT_EQ(rest[1].counters.lookups, 3u);
}

TEST(vma_snapshot, every_policy_has_a_name)
{
	for (const vma_name &policy : vma_policy_names)
		EXPECT_TRUE(policy.name && policy.words);
}

} // namespace
} // namespace oriel::test
