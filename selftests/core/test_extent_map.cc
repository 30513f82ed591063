// SPDX-License-Identifier: GPL-2.0
#include "fs/extent_map.h"

#include <gtest/gtest.h>

#include <random>

#include "fake_kernel.h"
#include "naive_map.h"

using namespace oriel;

namespace {

constexpr auto data = extent_kind::data;
constexpr auto unwritten = extent_kind::unwritten;

result<void> forget(u64, u64)
{
	return {};
}

/* The map beside its model: each operation is done to both. */
struct extent_map_test : testing::Test {
	extent_map_test() { fake::reset(); }
	~extent_map_test() override
	{
		map.clear();
		EXPECT_EQ(fake::now.allocations, 0) << "leaked";
	}

	/* What the operation said, 0 or a negative errno; the model follows if it was done. */
	int follow(const result<void> &done, u64 offset, u64 removed, const extent &fresh)
	{
		if (done) {
			model.replace(offset, removed, fresh);
			EXPECT_EQ(freed, model.freed);
		}
		freed.clear();
		return errno_of(done);
	}
	int collapse(u64 offset, u64 length) { return follow(map.collapse(ctx, offset, length, sink), offset, length, {}); }
	int insert(u64 offset, u64 length) { return follow(map.insert(ctx, offset, length), offset, 0, {length, place::hole()}); }
	int punch(u64 offset, u64 length) { return follow(map.punch(ctx, offset, length, sink), offset, length, {length, place::hole()}); }
	int put(u64 offset, u64 length, u64 physical, extent_kind kind = data)
	{
		const extent e{length, place::at(physical, kind)};
		const u64 there = map.size() - offset;
		return follow(map.map(ctx, offset, e, sink), offset, std::min(length, there), e);
	}
	int resize(u64 size)
	{
		const u64 old = map.size();
		const result<void> done = map.resize(ctx, size, sink);
		return size > old ? follow(done, old, 0, {size - old, place::hole()}) : follow(done, size, old - size, {});
	}
	std::string difference() { return model.compare(map); }

	const process_context ctx = mint::process();
	extent_map map;
	naive_map model;
	std::vector<u64> freed;
	freed_bytes sink{freed};
};

constexpr int invalid = -22, file_too_big = -27, too_big = -7, no_memory = -12;

} // namespace

TEST_F(extent_map_test, is_empty_at_first)
{
	EXPECT_EQ(map.size(), 0u);
	EXPECT_EQ(map.count(), 0u);
	EXPECT_FALSE(map.find(0));
	EXPECT_EQ(difference(), "");
	EXPECT_EQ(resize(0), 0);
	EXPECT_EQ(map.memory(), sizeof(extent_map));
}

TEST_F(extent_map_test, cuts_and_inserts_at_any_byte)
{
	EXPECT_EQ(put(0, 100, 4096), 0);
	EXPECT_EQ(collapse(10, 5), 0);
	EXPECT_EQ(map.size(), 95u);
	EXPECT_EQ(map.count(), 2u);
	EXPECT_EQ(insert(50, 7), 0);
	EXPECT_EQ(map.count(), 4u);
	EXPECT_EQ(difference(), "");

	const extent_map::found f = map.find(11).value();
	EXPECT_EQ(f.start, 10u);
	EXPECT_EQ(f.whole, (extent{40, place::at(4096 + 15, data)}));
	EXPECT_TRUE(map.find(51).value().whole.where.is_hole());
	EXPECT_EQ(map.allocated(), 95u);
}

TEST_F(extent_map_test, neighbours_that_go_on_from_each_other_are_one)
{
	put(0, 10, 100);
	put(10, 10, 110);
	EXPECT_EQ(map.count(), 1u);
	put(20, 10, 120, unwritten);
	EXPECT_EQ(map.count(), 2u) << "written and unwritten";
	put(30, 10, 500);
	punch(15, 3);
	punch(18, 4);
	EXPECT_EQ(map.count(), 4u);
	put(15, 5, 115);
	put(20, 2, 120, unwritten);
	EXPECT_EQ(map.count(), 3u) << "what was punched is there again";
	insert(20, 1);
	insert(20, 1);
	insert(21, 1);
	EXPECT_EQ(map.count(), 4u) << "holes beside holes";
	collapse(20, 3);
	EXPECT_EQ(map.count(), 3u);
	EXPECT_EQ(difference(), "");
}

TEST_F(extent_map_test, what_is_unwritten_gets_written_in_parts)
{
	put(0, 100, 1000, unwritten);
	EXPECT_TRUE(map.convert(ctx, 20, 30, data));
	EXPECT_EQ(map.count(), 3u);
	EXPECT_EQ(map.allocated(), 100u);
	EXPECT_FALSE(map.convert(ctx, 40, 30, data)) << "two extents";
	EXPECT_TRUE(map.convert(ctx, 50, 50, data));
	EXPECT_TRUE(map.convert(ctx, 0, 20, data));
	EXPECT_EQ(map.count(), 1u);
	EXPECT_EQ(map.find(0).value().whole, (extent{100, place::at(1000, data)}));
	EXPECT_TRUE(map.convert(ctx, 0, 100, unwritten));
	EXPECT_EQ(errno_of(map.convert(ctx, 0, 1, extent_kind::hole)), invalid);
	EXPECT_TRUE(map.resize(ctx, 101, forget));
	EXPECT_EQ(errno_of(map.convert(ctx, 100, 1, data)), invalid) << "a hole has no place";
	EXPECT_EQ(errno_of(map.convert(ctx, 100, 2, data)), invalid);
}

TEST_F(extent_map_test, ranges_outside_of_the_file_are_refused)
{
	put(0, 100, 0);
	EXPECT_EQ(collapse(0, 0), invalid);
	EXPECT_EQ(collapse(0, 100), invalid) << "reaches the end";
	EXPECT_EQ(collapse(99, 1), invalid);
	EXPECT_EQ(collapse(100, 1), invalid);
	EXPECT_EQ(collapse(1, ~0ULL), invalid);
	EXPECT_EQ(collapse(~0ULL, 2), invalid);
	EXPECT_EQ(insert(100, 1), invalid);
	EXPECT_EQ(insert(~0ULL, 1), invalid);
	EXPECT_EQ(insert(0, 0), invalid);
	EXPECT_EQ(punch(50, 51), invalid);
	EXPECT_EQ(punch(2, ~0ULL - 1), invalid);
	EXPECT_EQ(put(0, 0, 5), invalid);
	EXPECT_EQ(errno_of(map.map(ctx, 101, {1, place::at(5, data)}, forget)), invalid);
	EXPECT_EQ(difference(), "");
}

TEST_F(extent_map_test, sizes_beyond_the_maximum_are_refused)
{
	EXPECT_EQ(errno_of(map.resize(ctx, max_file_bytes + 1, forget)), file_too_big);
	EXPECT_EQ(errno_of(map.resize(ctx, max_file_bytes, forget)), 0);
	EXPECT_EQ(errno_of(map.insert(ctx, 0, 1)), file_too_big);
	EXPECT_EQ(errno_of(map.insert(ctx, 5, ~0ULL)), file_too_big);
	EXPECT_EQ(errno_of(map.map(ctx, max_file_bytes, {1, place::at(0, data)}, forget)), file_too_big);
	EXPECT_EQ(errno_of(map.map(ctx, 0, {2, place::at(max_file_bytes - 1, data)}, forget)), file_too_big) << "physical";
	EXPECT_EQ(errno_of(map.map(ctx, 0, {1, place::from_word(max_file_bytes)}, forget)), file_too_big);
	EXPECT_EQ(errno_of(map.map(ctx, 0, {~0ULL, place::hole()}, forget)), file_too_big);
	EXPECT_EQ(map.count(), 1u);
	EXPECT_EQ(errno_of(map.map(ctx, max_file_bytes - 1, {1, place::at(max_file_bytes - 1, unwritten)}, forget)), 0);
	EXPECT_EQ(map.find(max_file_bytes - 1).value().whole.where.kind(), unwritten);
	EXPECT_EQ(errno_of(map.collapse(ctx, 0, max_file_bytes - 1, forget)), 0);
	EXPECT_EQ(map.size(), 1u);
}

TEST_F(extent_map_test, a_range_is_visited_in_parts_and_the_visit_can_end)
{
	put(0, 100, 1000);
	punch(40, 20);
	std::vector<std::pair<u64, u64>> seen;
	EXPECT_TRUE(map.for_each(30, 40, [&](u64 offset, const extent &part) {
		seen.emplace_back(offset, part.length);
		return result<void>{};
	}));
	EXPECT_EQ(seen, (std::vector<std::pair<u64, u64>>{{30, 10}, {40, 20}, {60, 10}}));
	int visits = 0;
	const auto refuse = [&](u64, const extent &) -> result<void> {
		visits++;
		return errc::busy;
	};
	EXPECT_EQ(errno_of(map.for_each(0, ~0ULL, refuse)), -16);
	EXPECT_EQ(visits, 1);
	EXPECT_TRUE(map.for_each(100, 1, refuse));
	EXPECT_TRUE(map.for_each(50, 0, refuse));
}

TEST_F(extent_map_test, a_sink_that_refuses_leaves_the_map_as_it_was)
{
	put(0, 100, 1000);
	punch(40, 20);
	int told = 0;
	const auto full = [&](u64, u64) -> result<void> { return ++told == 2 ? result<void>{errc::no_space} : result<void>{}; };
	EXPECT_EQ(errno_of(map.collapse(ctx, 30, 40, full)), -28);
	EXPECT_EQ(told, 2);
	EXPECT_EQ(difference(), "");
}

TEST_F(extent_map_test, the_limit_counts_what_an_operation_leaves)
{
	extent_map small{3};
	ASSERT_TRUE(small.map(ctx, 0, {100, place::at(0, data)}, forget));
	ASSERT_TRUE(small.punch(ctx, 40, 20, forget));
	EXPECT_EQ(small.count(), 3u);
	EXPECT_EQ(errno_of(small.punch(ctx, 10, 1, forget)), too_big);
	EXPECT_EQ(errno_of(small.collapse(ctx, 10, 1, forget)), too_big);
	EXPECT_EQ(errno_of(small.insert(ctx, 10, 1)), too_big);
	EXPECT_TRUE(small.punch(ctx, 60, 10, forget)) << "a hole grows";
	EXPECT_TRUE(small.map(ctx, 100, {9, place::at(100, data)}, forget)) << "goes on";
	EXPECT_TRUE(small.collapse(ctx, 30, 10, forget));
	EXPECT_EQ(errno_of(small.map(ctx, 10, {5, place::at(10, unwritten)}, forget)), too_big);
	EXPECT_TRUE(small.map(ctx, 0, {99, place::at(0, data)}, forget)) << "compacted";
	EXPECT_EQ(small.count(), 1u);
	EXPECT_TRUE(small.insert(ctx, 10, 1));
}

TEST_F(extent_map_test, each_allocation_that_fails_leaves_the_map_as_it_was)
{
	std::mt19937 random{5};
	int failures = 0;
	put(0, 8000, 0);
	for (int i = 0; i < 4000; i++) {
		const u64 size = map.size(), at = size ? random() % size : 0;
		fake::now.fail_allocation_in = 0;
		const long allocations = fake::now.allocations;
		int status;
		for (long nth = 0; (status = i % 3 ? put(at, 1, 2 * random()) : i % 2 ? collapse(at, 1) : insert(at, 2)) == no_memory;) {
			ASSERT_EQ(fake::now.allocations, allocations);
			if (failures++ % 16 == 0) {
				ASSERT_EQ(difference(), "");
			}
			fake::now.fail_allocation_in = ++nth;
		}
		fake::now.fail_allocation_in = -1;
		ASSERT_TRUE(status == 0 || status == invalid);
	}
	EXPECT_GT(failures, 60);
	EXPECT_EQ(difference(), "");
}

/* Few bytes, many operations: everything about one or two extents. */
TEST_F(extent_map_test, agrees_with_the_model_after_each_of_many_operations)
{
	std::mt19937 random{1};
	for (int i = 0; i < 20000; i++) {
		const u64 at = random() % (map.size() + 2), length = random() % 12;
		switch (random() % 6) {
		case 0:
			collapse(at, length);
			break;
		case 1:
			insert(at, length);
			break;
		case 2:
			if (at <= map.size())
				put(at, length, random() % 64, random() % 2 ? data : unwritten);
			break;
		case 3:
			punch(at, length);
			break;
		case 4:
			resize(std::min<u64>(random() % 200, map.size() + 5));
			break;
		default:
			if (map.size() > 100)
				collapse(at, 40);
		}
		ASSERT_EQ(difference(), "") << "operation " << i;
	}
}

/* Thousands of extents come and go, one at a time and by thousands: three levels, split and joined everywhere. */
TEST_F(extent_map_test, agrees_with_the_model_when_it_is_large)
{
	std::mt19937 random{2};
	put(0, 20000, 0);
	for (int round = 0; round < 6; round++) {
		for (int i = 0; i < 3000; i++) {
			const u64 at = random() % map.size();
			if (round % 2 ? random() % 8 == 0 : random() % 8)
				put(at, 1, 1 << 20 | random());
			else
				collapse(at / 2, 1 + random() % 3);
		}
		ASSERT_EQ(difference(), "");
		if (round == 2) {
			ASSERT_GT(map.count(), 6000u);
		}
		ASSERT_LT(map.memory(), map.count() * 40 + 2048) << "nodes are half full at least";
		if (round == 3)
			collapse(map.size() / 3, map.size() / 3);
	}
	EXPECT_EQ(resize(0), 0);
	EXPECT_EQ(fake::now.allocations, 0);
}

TEST_F(extent_map_test, built_from_front_to_back_it_has_no_room_to_spare)
{
	for (u64 i = 0; i < max_extents; i++)
		ASSERT_TRUE(map.map(ctx, i, {1, place::at(3 * i, data)}, forget));
	EXPECT_EQ(map.count(), max_extents);
	EXPECT_EQ(errno_of(map.map(ctx, max_extents, {1, place::at(0, data)}, forget)), too_big);
	EXPECT_LT(map.memory(), 17u * max_extents);
	EXPECT_EQ(map.find(100000).value().whole.where.physical(), 300000u);
	EXPECT_TRUE(map.collapse(ctx, 1000, 130000, forget));
	EXPECT_EQ(map.count(), max_extents - 130000);
	EXPECT_EQ(map.find(1000).value().whole.where.physical(), 3 * 131000u);
	extent_map other;
	other.swap(map);
	EXPECT_EQ(map.count(), 0u);
	EXPECT_EQ(other.size(), max_extents - 130000u);
}
