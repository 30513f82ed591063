// SPDX-License-Identifier: GPL-2.0
#include "lock_snapshot.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

lock_row row_of(const std::string &lock_class, std::uint64_t waits, std::uint64_t total_ns, unsigned slot)
{
	lock_row row{};
	row.lock_class = row.lock = lock_class;
	row.counters.waits = waits;
	row.counters.total_ns = total_ns;
	row.counters.max_ns = std::uint64_t{1} << slot;
	row.counters.histogram[slot] = static_cast<std::uint32_t>(waits);
	return row;
}

std::string by_class(const lock_row &row)
{
	return row.lock_class;
}

TEST(lock_snapshot, adds_up_what_has_one_key)
{
	lock_snapshot snapshot;
	snapshot.rows = {row_of("a", 1, 10, 3), row_of("b", 1, 25, 4), row_of("a", 2, 20, 5)};
	const auto list = snapshot.gather(by_class);
	ASSERT_EQ(list.size(), 2u);
	EXPECT_EQ(list[0].lock_class, "a") << "30 ns are more than 25";
	EXPECT_EQ(list[0].counters.waits, 3u);
	EXPECT_EQ(list[0].counters.max_ns, 32u) << "the longest of all, no sum";
	EXPECT_EQ(list[0].counters.histogram[3] + list[0].counters.histogram[5], 3u);
	EXPECT_EQ(snapshot.sum().total_ns, 55u);
}

TEST(lock_snapshot, adds_what_was_counted_later)
{
	lock_snapshot all, later;
	all.rows = {row_of("a", 2, 10, 3), row_of("b", 1, 25, 4)};
	later.rows = {row_of("b", 3, 75, 2), row_of("c", 1, 7, 2)};
	all.coverage[0] = {3, 3};
	later.coverage[0] = {4, 5};
	later.refused[1] = 2;
	all.add(later);
	ASSERT_EQ(all.rows.size(), 3u);
	EXPECT_EQ(all.rows[0].lock, "b");
	EXPECT_EQ(all.rows[0].counters.waits, 4u);
	EXPECT_EQ(all.rows[0].counters.total_ns, 100u);
	EXPECT_EQ(all.rows[0].counters.max_ns, 16u);
	EXPECT_EQ(all.coverage[0].seen, 7u);
	EXPECT_EQ(all.coverage[0].entered, 8u);
	EXPECT_FALSE(all.coverage[1].entered) << "neither knew";
	EXPECT_EQ(all.refused[1], 2u);
}

TEST(lock_snapshot, tells_rows_apart_by_everything_but_the_counters)
{
	lock_snapshot snapshot;
	snapshot.rows = {row_of("a", 1, 10, 3), row_of("a", 2, 10, 3), row_of("a", 4, 10, 3)};
	snapshot.rows[1].stack = "f";
	snapshot.merge_rows();
	ASSERT_EQ(snapshot.rows.size(), 2u);
	EXPECT_EQ(snapshot.rows[0].counters.waits, 5u);
}

TEST(lock_snapshot, keeps_a_class)
{
	lock_snapshot snapshot;
	snapshot.rows = {row_of("a", 1, 10, 3), row_of("b", 1, 25, 4)};
	snapshot.keep_class("b");
	ASSERT_EQ(snapshot.rows.size(), 1u);
	EXPECT_EQ(snapshot.rows[0].lock_class, "b");
}

TEST(lock_snapshot, the_caller_is_no_part_of_locking)
{
	lock_row row{};
	row.stack = "entry_SYSCALL_64;do_syscall_64;__vm_munmap;down_write_killable;rwsem_down_write_slowpath";
	EXPECT_EQ(row.caller(), "__vm_munmap");
	row.stack = "mutex_lock";
	EXPECT_EQ(row.caller(), "");
	row.stack.clear();
	EXPECT_EQ(row.caller(), "");
}

TEST(lock_snapshot, counts_of_how_many_waits_the_holder_is_known)
{
	lock_snapshot snapshot;
	snapshot.rows = {row_of("a", 3, 10, 3), row_of("b", 4, 25, 4), row_of("c", 5, 1, 1)};
	snapshot.rows[0].kind = oriel_lock_mutex;
	snapshot.rows[0].owner.tgid = 77;
	snapshot.rows[1].kind = oriel_lock_rwsem_write;
	snapshot.rows[2].kind = oriel_lock_spin;
	const lock_attribution found = snapshot.attributed();
	EXPECT_EQ(found.known.waits, 3u);
	EXPECT_EQ(found.all.waits, 7u) << "a spinlock has no holder to know";
	EXPECT_EQ(found.known.total_ns, 10u);
	EXPECT_EQ(found.all.total_ns, 35u);
}

TEST(lock_snapshot, a_quantile_is_the_upper_end_of_its_slot)
{
	oriel_lock_counters counters{};
	EXPECT_EQ(quantile_ns(counters, 0.99), 0u);
	counters.waits = 100;
	counters.histogram[4] = 99;
	counters.histogram[10] = 1;
	counters.max_ns = 1500;
	EXPECT_EQ(quantile_ns(counters, 0.5), 31u);
	EXPECT_EQ(quantile_ns(counters, 0.99), 31u);
	EXPECT_EQ(quantile_ns(counters, 0.995), 1500u) << "but not above the longest";
}

} // namespace
} // namespace oriel::test
