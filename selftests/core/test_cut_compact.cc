// SPDX-License-Identifier: GPL-2.0
/* Files with many extents, which are made fewer by copying. */
#include "fs/cut_file.h"

#include "cut_file_test.h"
#include "cut_history.h"

using namespace oriel;

TEST_F(cut_file_, what_is_copied_together_is_told)
{
	cut_history file{some_bytes(100000), 1};
	ASSERT_EQ(file.first(), 0);
	for (u64 i = 0; i < 3; i++) {
		ASSERT_EQ(file.collapse(1000 * (i + 1), 1), 0);
	}
	const u32 before = oriel_cut_count(file.cut());
	u64 offset = 0;
	ASSERT_EQ(oriel_cut_compact(file.cut(), &offset), 0);
	EXPECT_LT(oriel_cut_count(file.cut()), before);
	EXPECT_EQ(file.lower().copied_extents, before - oriel_cut_count(file.cut()) + 1) << "they became one";
	EXPECT_EQ(file.lower().copied_bytes, 12288u - 3) << "the front, which lies behind, up to what was not moved";
}

TEST_F(cut_file_, a_file_with_as_many_extents_as_it_may_have_is_changed_as_well)
{
	constexpr u32 limit = 256;
	u32 highest = 0;
	u64 moved = 0;
	for (u32 seed = 1; seed <= 5; seed++) {
		cut_history file{some_bytes(30000, seed), seed, limit};
		ASSERT_EQ(file.first(), 0);
		for (u32 i = 0; i < 300; i++) {
			for (u32 hole = 0; i % 20 == 0 && hole < 100; hole++)
				file.punch(file.random() % file.size(), 1 + file.random() % 40);
			change_at_random(file, i % 2 ? 12 : file.random()); /* every other one a write in the middle */
			highest = std::max(highest, oriel_cut_count(file.cut()));
			file.check();
			ASSERT_EQ(file.complaint, "") << "seed " << seed << ", change " << i;
			if (i % 10 == 0) {
				EXPECT_EQ(file.sync(), 0);
			}
		}
		moved += oriel_cut_moved(file.cut());
		EXPECT_EQ(file.sync(), 0);
		file.lose_power();
		ASSERT_EQ(file.complaint, "") << seed;
	}
	EXPECT_GT(highest, limit / 4 * 3);
	EXPECT_LE(highest, limit);
	EXPECT_GT(moved, 50u);
}

/* With a smaller limit, so that it is reached soon. */
TEST_F(cut_file_, extents_have_a_limit_and_are_made_fewer)
{
	constexpr u32 limit = 500;
	const process_context ctx = mint::process();
	std::vector<u8> content = some_bytes(200000);
	okb_lower lower{content};
	std::mt19937 random{1};
	result<owned<cut_file>> made = cut_file::first(ctx, lower_file{&lower}, limit);
	ASSERT_TRUE(made);
	cut_file &cut = *made.value();
	u32 highest = 0;
	for (u32 i = 0; i < 5000; i++) {
		const u64 offset = random() % (content.size() - 10), length = 1 + random() % 9;
		ASSERT_TRUE(cut.collapse(ctx, offset, length)) << i;
		content.erase(content.begin() + static_cast<long>(offset), content.begin() + static_cast<long>(offset + length));
		highest = std::max(highest, cut.map().count());
		if (i % 500 == 0) {
			ASSERT_TRUE(cut.sync(ctx));
		}
	}
	EXPECT_LE(highest, limit);
	EXPECT_GT(highest, limit / 2);
	std::vector<u8> read;
	static_cast<void>(cut.map().for_each(0, ~0ULL, [&](u64, const extent &e) {
		const auto from = lower.bytes.begin() + static_cast<long>(e.where.physical());
		read.insert(read.end(), from, from + static_cast<long>(e.length));
		return result<void>{};
	}));
	EXPECT_EQ(read, content);
	made.value().reset();
}

/* Extents of two kinds in turns, up to the limit: a write that finds them there makes them fewer, and its own may be among them. */
TEST_F(cut_file_, what_a_write_was_about_to_fill_may_have_been_copied_away)
{
	constexpr u32 limit = 500;
	constexpr u64 step = 4000;
	const process_context ctx = mint::process();
	for (const bool unwritten : {false, true}) {
		okb_lower lower{some_bytes(2 << 20)};
		result<owned<cut_file>> made = cut_file::first(ctx, lower_file{&lower}, limit);
		ASSERT_TRUE(made);
		cut_file &cut = *made.value();
		u64 at = step;
		for (; cut.map().count() + 64 <= limit; at += 2 * step) {
			ASSERT_TRUE(cut.punch(ctx, at, step));
			if (unwritten && at < 100 * step) {
				ASSERT_TRUE(cut.allocate(ctx, at, step, false));
			}
		}
		ASSERT_LT(at, 2u << 20);
		oriel_cut_part part;
		ASSERT_EQ(cut.look(step, step, &part, 1), 1u);
		EXPECT_EQ(part.kind, static_cast<u32>(unwritten ? oriel_cut_unwritten : oriel_cut_hole));
		const u64 moved = cut.moved();
		const result<u32> n = cut.prepare(ctx, step, step, &part, 1);
		ASSERT_TRUE(n);
		EXPECT_LT(cut.map().count(), limit / 4 * 3 + 64) << "they are fewer";
		EXPECT_GT(cut.moved(), moved);
		EXPECT_EQ(part.kind, static_cast<u32>(oriel_cut_data));
		EXPECT_GE(part.physical, 3 * block_bytes) << "neither the header nor a root";
		oriel_cut_part now;
		ASSERT_EQ(cut.look(step, step, &now, 1), 1u);
		EXPECT_EQ(part.physical, now.physical);
		EXPECT_TRUE(cut.written(ctx, part));
		EXPECT_TRUE(cut.sync(ctx));
		made.value().reset();
	}
}

/* Another writer is not finished with its part, so nothing can be copied. */
TEST_F(cut_file_, a_write_waits_for_another_where_extents_have_to_be_made_fewer)
{
	constexpr u32 limit = 500;
	constexpr u64 step = 4000;
	const process_context ctx = mint::process();
	okb_lower lower{some_bytes(2 << 20)};
	result<owned<cut_file>> made = cut_file::first(ctx, lower_file{&lower}, limit);
	ASSERT_TRUE(made);
	cut_file &cut = *made.value();
	ASSERT_TRUE(cut.resize(ctx, u64{1} << 30));
	u64 at = step;
	for (; cut.map().count() + 64 <= limit; at += 2 * step)
		ASSERT_TRUE(cut.punch(ctx, at, step));
	oriel_cut_part parts[2];
	ASSERT_TRUE(cut.prepare(ctx, 0, 10, &parts[0], 1));
	at = u64{1} << 29;
	int status = 0;
	for (u32 i = 0; i < 100 && !status; i++, at += 2 * step) {
		const result<u32> n = cut.prepare(ctx, at, step, &parts[1], 1);
		status = n ? errno_of(cut.written(ctx, parts[1])) : n.failure().negative();
	}
	EXPECT_EQ(status, busy);
	EXPECT_EQ(errno_of(cut.collapse(ctx, 1, 1)), busy);
	EXPECT_EQ(cut.moved(), 0u);
	ASSERT_TRUE(cut.written(ctx, parts[0]));
	EXPECT_TRUE(cut.prepare(ctx, at, step, &parts[1], 1));
	EXPECT_GT(cut.moved(), 0u);
	EXPECT_TRUE(cut.written(ctx, parts[1]));
	EXPECT_TRUE(cut.collapse(ctx, 1, 1));
	made.value().reset();
}

/* Holes cannot be copied together, so there is an end. */
TEST_F(cut_file_, a_limit_that_compacting_cannot_keep_is_told)
{
	const process_context ctx = mint::process();
	okb_lower lower{{}};
	result<owned<cut_file>> made = cut_file::first(ctx, lower_file{&lower}, 200);
	ASSERT_TRUE(made);
	cut_file &cut = *made.value();
	ASSERT_TRUE(cut.resize(ctx, 1ULL << 50));
	int status = 0;
	for (u64 i = 0; i < 400 && !status; i++)
		status = errno_of(cut.allocate(ctx, i << 40, 1, false));
	EXPECT_EQ(status, too_big);
	EXPECT_LE(cut.map().count(), 200u);
	made.value().reset();
}
