// SPDX-License-Identifier: GPL-2.0
/* What a cut file does, when it is durable, and what is refused; the first cut and the limit of extents have files of their own. */
#include "fs/cut_file.h"

#include "cut_file_test.h"
#include "cut_history.h"
#include "cut_image.h"

using namespace oriel;

TEST_F(cut_file_, a_plain_file_costs_nothing_unless_its_size_is_marked)
{
	okb_lower lower{some_bytes(40000)};
	oriel_cut *cut = reinterpret_cast<oriel_cut *>(1);
	EXPECT_EQ(oriel_cut_open(&lower, &cut), 0);
	EXPECT_EQ(cut, nullptr);
	EXPECT_EQ(lower.calls, 0u);
	okb_lower marked{some_bytes(40960 + size_mark)};
	EXPECT_EQ(oriel_cut_open(&marked, &cut), 0);
	EXPECT_EQ(cut, nullptr);
	EXPECT_LE(marked.calls, 2u);
}

TEST_F(cut_file_, operations_do_what_they_say)
{
	cut_history file{some_bytes(20000), 1};
	ASSERT_EQ(file.first(), 0);
	EXPECT_EQ(file.collapse(1, 4999), 0);
	EXPECT_EQ(file.insert(77, 1000), 0);
	EXPECT_EQ(file.write(50, 300), 0);
	EXPECT_EQ(file.punch(10000, 1), 0);
	EXPECT_EQ(file.zero(9000, 3000, false), 0);
	EXPECT_EQ(file.allocate(0, 30000, true), 0);
	EXPECT_EQ(file.size(), 30000u);
	EXPECT_EQ(file.write(40000, 5), 0);
	EXPECT_EQ(file.resize(100), 0);
	EXPECT_EQ(file.resize(200), 0);
	file.check();
	EXPECT_EQ(oriel_cut_pending(file.cut()) > 0, true);
	EXPECT_EQ(file.sync(), 0);
	EXPECT_EQ(oriel_cut_pending(file.cut()), 0u);
	file.lose_power();
	file.check();
	EXPECT_EQ(file.size(), 200u);
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, what_is_refused)
{
	cut_history file{some_bytes(1000), 1};
	ASSERT_EQ(file.first(), 0);
	EXPECT_EQ(file.collapse(0, 1000), invalid) << "reaches the end";
	EXPECT_EQ(file.collapse(0, 0), invalid);
	EXPECT_EQ(file.collapse(~0ULL, 2), invalid);
	EXPECT_EQ(file.insert(1000, 1), invalid);
	EXPECT_EQ(file.insert(0, 0), invalid);
	EXPECT_EQ(file.insert(0, max_file_bytes), file_too_big);
	EXPECT_EQ(file.punch(0, 0), invalid);
	EXPECT_EQ(file.punch(5000, 1), 0) << "nothing there";
	EXPECT_EQ(file.zero(0, 0, true), invalid);
	EXPECT_EQ(file.zero(max_file_bytes, 1, true), file_too_big);
	EXPECT_EQ(file.zero(1000, 1, false), 0);
	EXPECT_EQ(file.allocate(1, max_file_bytes, true), file_too_big);
	EXPECT_EQ(file.allocate(0, 0, true), invalid);
	EXPECT_EQ(oriel_cut_resize(file.cut(), max_file_bytes + 1), file_too_big);
	oriel_cut_part part;
	EXPECT_EQ(oriel_cut_prepare(file.cut(), 0, 0, &part, 1), invalid);
	EXPECT_EQ(oriel_cut_prepare(file.cut(), 0, 1, &part, 0), invalid);
	EXPECT_EQ(oriel_cut_prepare(file.cut(), 2, max_file_bytes, &part, 1), file_too_big);
	ASSERT_EQ(oriel_cut_prepare(file.cut(), 0, 1, &part, 1), 1);
	u64 offset = 0;
	EXPECT_EQ(oriel_cut_compact(file.cut(), &offset), busy) << "while a part is being written";
	oriel_cut_abandon(file.cut(), &part);
	EXPECT_EQ(oriel_cut_compact(file.cut(), &offset), 0);
	file.check();
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, a_failed_sync_loses_nothing)
{
	for (long at = 0; at < 12; at++) {
		cut_history file{some_bytes(20000), 1};
		ASSERT_EQ(file.first(), 0);
		for (int i = 0; i < 5; i++) {
			ASSERT_EQ(file.collapse(100, 50) + file.write(file.size(), 1000), 0);
		}
		const u64 pending = oriel_cut_pending(file.cut());
		file.lower().fail_in = at;
		const int status = file.sync();
		file.lower().fail_in = -1;
		EXPECT_EQ(oriel_cut_pending(file.cut()), status ? pending : 0);
		ASSERT_EQ(file.collapse(1, 1), 0);
		file.check();
		EXPECT_EQ(file.sync(), 0);
		EXPECT_EQ(file.states(), 1u);
		file.lose_power();
		EXPECT_EQ(file.complaint, "") << "call " << at;
	}
}

TEST_F(cut_file_, each_sync_of_changes_is_told)
{
	cut_history file{some_bytes(20000), 1};
	ASSERT_EQ(file.first(), 0);
	ASSERT_EQ(file.sync(), 0);
	const u64 before = file.lower().commits;
	const okb_commit &told = file.lower().last_commit;
	ASSERT_EQ(file.insert(100, 10) + file.insert(300, 10), 0);
	file.lower().fail_in = 0;
	EXPECT_EQ(file.sync(), io_error);
	EXPECT_EQ(told.status, io_error);
	EXPECT_EQ(told.changes, 2u);
	EXPECT_EQ(file.lower().commits, before + 1);
	EXPECT_EQ(file.sync(), 0);
	EXPECT_EQ(told.status, 0);
	EXPECT_EQ(told.changes, 2u) << "they were pending still";
	EXPECT_EQ(told.checkpoint, 1u) << "after a failure";
	EXPECT_EQ(told.written, oriel_cut_count(file.cut()));
	ASSERT_EQ(file.collapse(1, 1), 0);
	EXPECT_EQ(file.sync(), 0);
	EXPECT_EQ(told.checkpoint, 0u);
	EXPECT_EQ(told.written, 1u);
	EXPECT_EQ(file.sync(), 0);
	EXPECT_EQ(file.lower().commits, before + 3) << "without changes there is nothing to tell";
}

/* There are many, so that memory is lacking in the midst of them. */
TEST_F(cut_file_, a_change_that_fails_frees_nothing)
{
	for (long at = 0; at < 5; at++) {
		cut_history file{some_bytes(20000), 1};
		ASSERT_EQ(file.first(), 0);
		for (u64 i = 0; i < 100; i++) {
			ASSERT_EQ(file.insert(i * 190 + 50, 1), 0);
		}
		ASSERT_EQ(file.sync(), 0);
		fake::now.fail_allocation_in = at;
		const int status = file.collapse(10, 18000);
		fake::now.fail_allocation_in = -1;
		EXPECT_TRUE(status == no_memory || at > 2);
		ASSERT_EQ(file.sync(), 0);
		ASSERT_EQ(file.write(30000, 20000), 0);
		file.check();
		EXPECT_EQ(file.complaint, "") << "allocation " << at;
	}
}

TEST_F(cut_file_, appended_writes_are_one_extent_and_one_record)
{
	cut_history file{{}, 1};
	ASSERT_EQ(file.first(), 0);
	ASSERT_EQ(file.write(0, 10), 0);
	ASSERT_EQ(file.sync(), 0);
	for (int i = 0; i < 500; i++) {
		ASSERT_EQ(file.write(file.size(), 100), 0);
	}
	EXPECT_EQ(oriel_cut_count(file.cut()), 1u);
	const u32 before = file.lower().calls;
	ASSERT_EQ(file.sync(), 0);
	EXPECT_EQ(file.lower().calls - before, 3u) << "flush, one write, flush";
	file.lose_power();
	EXPECT_EQ(file.size(), 50010u);
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, what_names_no_new_data_is_flushed_once)
{
	cut_history file{some_bytes(100000), 1};
	ASSERT_EQ(file.first(), 0);
	ASSERT_EQ(file.insert(50, 10), 0);
	ASSERT_EQ(file.sync(), 0);
	const auto calls_of_sync = [&] {
		const u32 before = file.lower().calls;
		EXPECT_EQ(file.sync(), 0);
		return file.lower().calls - before;
	};
	ASSERT_EQ(file.insert(50, 10), 0); /* what is taken out would be punched, which is a call, too */
	EXPECT_EQ(calls_of_sync(), 2u) << "one write, flush";
	ASSERT_EQ(file.write(200, 10), 0); /* in its place: no record */
	ASSERT_EQ(file.insert(100, 1000), 0);
	EXPECT_EQ(calls_of_sync(), 3u) << "flush, one write, flush";
	ASSERT_EQ(file.insert(100, 1000), 0);
	EXPECT_EQ(calls_of_sync(), 2u) << "one write, flush";
	file.lose_power();
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, a_larger_lower_file_is_durable_before_a_record_that_names_it)
{
	for (u32 seed = 1; seed <= 100; seed++) {
		cut_history file{some_bytes(100000), seed};
		ASSERT_EQ(file.first(), 0);
		ASSERT_EQ(file.insert(50, 10), 0);
		ASSERT_EQ(file.sync(), 0);
		ASSERT_EQ(file.allocate(file.size(), 300000, true), 0);
		file.lose_power_during(seed % 3, [&] { file.sync(); });
		ASSERT_EQ(file.complaint, "") << "seed " << seed;
	}
}

TEST_F(cut_file_, freed_bytes_are_used_again_after_a_sync_only)
{
	cut_history file{some_bytes(1 << 20), 1};
	ASSERT_EQ(file.first(), 0);
	ASSERT_EQ(file.sync(), 0);
	ASSERT_EQ(file.punch(0, 1 << 20), 0);
	const u64 size = file.lower().bytes.size();
	ASSERT_EQ(file.write(0, 100000), 0);
	EXPECT_GT(file.lower().bytes.size(), size);
	EXPECT_EQ(file.lower().punched, 0u);
	ASSERT_EQ(file.sync(), 0);
	EXPECT_GT(file.lower().punched, 1000000u);
	const u64 larger = file.lower().bytes.size();
	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(file.write(120000 + i * 100001, 100000), 0);
	}
	EXPECT_EQ(file.lower().bytes.size(), larger);
	file.check();
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, a_block_is_given_back_when_the_last_of_its_bytes_is_freed)
{
	cut_history file{some_bytes(1 << 20), 1};
	ASSERT_EQ(file.first(), 0);
	ASSERT_EQ(file.collapse(0, 100000), 0);
	ASSERT_EQ(file.sync(), 0);
	const u64 before = file.lower().punched;
	u64 freed = 0;
	for (u64 length = 1; length < 8000; length += 97) {
		ASSERT_EQ(file.collapse(0, length), 0);
		ASSERT_EQ(file.sync(), 0);
		freed += length;
	}
	EXPECT_GT(file.lower().punched + block_bytes, before + freed);
	for (u64 at = 600000; at > 500000; at -= 1000) {
		ASSERT_EQ(file.punch(at, 1000), 0);
		ASSERT_EQ(file.sync(), 0);
		freed += 1000;
	}
	EXPECT_GT(file.lower().punched + 3 * block_bytes, before + freed) << "backwards, too";
	EXPECT_LE(file.lower().punched, before + freed + block_bytes) << "no block twice";
	file.check();
	EXPECT_EQ(file.complaint, "");
	file.lose_power();
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, a_full_disk_still_lets_cut)
{
	cut_history file{some_bytes(30000), 7};
	ASSERT_EQ(file.first(), 0);
	file.lower().capacity = 0;
	for (int i = 0; i < 300; i++) {
		ASSERT_EQ(file.collapse(file.random() % 20000, 1 + file.random() % 30), 0);
		if (i % 50 == 0) {
			ASSERT_EQ(file.sync(), 0);
		}
	}
	/* Until there is nothing left; what was freed is found before. */
	int status = 0;
	for (int i = 0; i < 1000 && !status; i++) {
		status = file.write(file.size(), 1000);
		if (status == no_space && !file.sync())
			status = file.write(file.size(), 1000);
	}
	EXPECT_EQ(status, no_space);
	file.check();
	EXPECT_EQ(file.collapse(5, 5), 0);
	EXPECT_EQ(file.write(0, 20), 0) << "in place";
	EXPECT_EQ(file.sync(), 0);
	file.lose_power();
	EXPECT_EQ(file.complaint, "");
}

TEST_F(cut_file_, each_failure_leaves_the_file_as_it_was)
{
	for (u32 what = 0; what < 16; what++)
		for (long at : {0, 1, 2, 4, 7})
			for (bool memory : {false, true}) {
				cut_history file{some_bytes(15000, what), what};
				ASSERT_EQ(file.first(), 0);
				for (u32 i = 0; i < 16; i++)
					change_at_random(file, i);
				const u64 states = file.states();
				file.lower().failure = at % 2 ? io_error : no_space;
				(memory ? fake::now.fail_allocation_in : file.lower().fail_in) = at;
				const int status = change_at_random(file, what);
				fake::now.fail_allocation_in = file.lower().fail_in = -1;
				if (status && what != 7 && what < 9) {
					EXPECT_EQ(file.states(), states);
				}
				file.check();
				EXPECT_EQ(file.sync(), 0);
				file.lose_power();
				ASSERT_EQ(file.complaint, "") << "change " << what << ", call " << at << ", memory " << memory;
			}
}

TEST_F(cut_file_, any_history_survives_power_failures)
{
	const u32 first = number("ORIEL_CUT_SEED", 1), rounds = number("ORIEL_CUT_ROUNDS", 25);
	u64 operations = 0, failures = 0;
	for (u32 seed = first; seed < first + rounds; seed++) {
		cut_history file{some_bytes(seed * 7919 % 30000, seed), seed};
		ASSERT_EQ(file.first(), 0);
		const bool trouble = seed % 4 == 0;
		if (seed % 5 == 0)
			file.lower().capacity = 200000;
		for (u32 i = 0; i < 400; i++) {
			if (trouble) {
				file.lower().failure = seed % 8 ? io_error : no_space;
				file.lower().fail_in = file.random() % 4 ? -1 : static_cast<long>(file.random() % 6);
				fake::now.fail_allocation_in = file.random() % 4 ? -1 : static_cast<long>(file.random() % 6);
			}
			change_at_random(file, file.random());
			fake::now.fail_allocation_in = -1;
			if (file.random() % 16 == 0)
				file.sync([&] { change_at_random(file, file.random()); });
			file.lower().fail_in = -1;
			if (i % 16 == 0)
				file.check();
			if (file.random() % 64 == 0) {
				/* In the middle of a sync. */
				file.lower().for_good = true;
				file.lower().fail_in = static_cast<long>(file.random() % 8);
				file.sync();
				file.lose_power();
			}
			if (file.random() % 16 == 0)
				file.lose_power_during(file.random() % 12,
						       [&] { file.sync([&] { change_at_random(file, file.random()); }); });
			ASSERT_EQ(file.complaint, "") << "seed " << seed << ", change " << i;
		}
		operations += file.operations;
		failures += file.failures;
	}
	EXPECT_GT(operations, 300u * rounds);
	static_cast<void>(failures);
}

/* What another writer may have made: small areas and a small log, at odd places, and a physical end that is no multiple of anything. */
TEST_F(cut_file_, a_file_that_lies_differently_is_changed_as_well)
{
	for (u32 seed = 1; seed <= number("ORIEL_CUT_ROUNDS", 12); seed++) {
		cut_image image;
		image.extents = {pack({100, place::at(cut_image::data + seed % 90, extent_kind::data)}), pack({5000, place::hole()}),
				 pack({3000, place::at(cut_image::data + 200, extent_kind::unwritten)})};
		image.root.logical_size = 8100;
		image.root.extent_count = 3;
		image.root.log_first = seed * 13 % 64;
		image.root.log_sequence = seed * 1000;
		image.root.physical_end = cut_image::size - seed % 3;
		for (u64 left = 8099; left > 8090; left--)
			image.add(log_operation::collapse, 5, 1, left);
		image.build();
		cut_history file{image.bytes, seed};
		file.open_image();
		for (u32 i = 0; i < 200; i++) {
			change_at_random(file, file.random());
			if (file.random() % 4 == 0) {
				EXPECT_EQ(file.sync(), 0);
			}
			if (file.random() % 50 == 0)
				file.lose_power();
			if (file.random() % 8 == 0)
				file.lose_power_during(file.random() % 8, [&] { file.sync(); });
			ASSERT_EQ(file.complaint, "") << "seed " << seed << ", change " << i;
		}
		file.check();
		ASSERT_EQ(file.complaint, "") << "seed " << seed;
	}
}

TEST_F(cut_file_, numbers_at_their_end_are_refused)
{
	cut_image image;
	image.root.log_sequence = max_sequence;
	image.extents = {pack({100, place::at(cut_image::data, extent_kind::data)})};
	image.root.logical_size = 100;
	image.root.extent_count = 1;
	image.build();
	cut_history file{image.bytes, 1};
	file.open_image();
	EXPECT_EQ(file.complaint, "");
	EXPECT_EQ(file.collapse(1, 1), 0);
	EXPECT_EQ(file.sync(), unclean);
	EXPECT_EQ(oriel_cut_pending(file.cut()), 1u);
}

TEST_F(cut_file_, damage_is_told_by_name)
{
	cut_image image;
	image.extents = {pack({100, place::at(cut_image::data, extent_kind::data)})};
	image.root.logical_size = 100;
	image.root.extent_count = 1;
	image.build();
	const auto open = [&] {
		okb_lower lower{image.bytes};
		oriel_cut *cut;
		const int status = oriel_cut_open(&lower, &cut);
		EXPECT_EQ(cut != nullptr, status == 0);
		oriel_cut_close(cut);
		return status;
	};
	const auto seal = [&] { image.header().crc = crc32c{}.add(&image.header(), 4092).value(); };
	EXPECT_EQ(open(), 0);
	image.at<u8>(cut_image::areas + block_bytes) ^= 1;
	EXPECT_EQ(open(), unclean) << "the map";
	image.build();
	image.root_block(1).map_crc = 0;
	EXPECT_EQ(open(), unclean) << "no root is whole, and nothing tells of a first cut";
	image.build();
	image.header().identity[0] ^= 1;
	EXPECT_EQ(open(), unclean) << "the header is torn";
	image.build();
	image.header().zero[7] = 1;
	seal();
	EXPECT_EQ(open(), unclean) << "the header is whole and wrong";
	image.build();
	image.header().features = 0;
	seal();
	EXPECT_EQ(open(), unclean);
	image.header().version = 2;
	seal();
	EXPECT_EQ(open(), not_supported);
	image.build();
	image.header() = {};
	auto &told = image.at<disk_intent>(intent_offset(cut_image::size));
	pack(intent{.old_size = 100, .copy_offset = cut_image::data, .copy_bytes = 100, .copy_crc = 1}, told);
	EXPECT_EQ(open(), unclean) << "neither the copy nor the front is what the intent says";
	told.version = 2;
	told.crc = crc32c{}.add(&told, 4092).value();
	EXPECT_EQ(open(), not_supported);
}

TEST_F(cut_file_, blocks_of_a_reservation_that_failed_are_given_back)
{
	okb_lower lower{some_bytes(20000)};
	oriel_cut *cut;
	ASSERT_EQ(oriel_cut_first(&lower, &cut), 0);
	ASSERT_EQ(oriel_cut_sync(cut), 0);
	lower.punched = 0;
	lower.failure = no_space;
	lower.fail_in = 1; /* the lower grows before */
	EXPECT_EQ(oriel_cut_allocate(cut, 20000, 1 << 20, 1), no_space);
	EXPECT_GE(lower.punched, (1u << 20) - 2 * block_bytes);
	EXPECT_EQ(oriel_cut_size(cut), 20000u);
	oriel_cut_close(cut);
}

TEST_F(cut_file_, a_hundred_thousand_cuts)
{
	okb_lower lower{std::vector<u8>(3 << 20, 7)};
	std::mt19937 random{1};
	oriel_cut *cut;
	ASSERT_EQ(oriel_cut_first(&lower, &cut), 0);
	u64 size = 3 << 20;
	for (u32 i = 0; i < 100000; i++) {
		const u64 length = 1 + random() % 16;
		ASSERT_EQ(oriel_cut_collapse(cut, random() % (size - 16), length), 0) << i;
		size -= length;
		if (i % 10000 == 0) {
			ASSERT_EQ(oriel_cut_sync(cut), 0);
		}
	}
	EXPECT_EQ(oriel_cut_size(cut), size);
	EXPECT_LE(oriel_cut_count(cut), max_extents);
	EXPECT_GT(oriel_cut_count(cut), 50000u);
	EXPECT_LE(oriel_cut_memory(cut), 16u << 20);
	EXPECT_EQ(oriel_cut_wants_sync(cut), 1);
	ASSERT_EQ(oriel_cut_sync(cut), 0);
	EXPECT_EQ(oriel_cut_wants_sync(cut), 0);
	const u32 count = oriel_cut_count(cut);
	oriel_cut_close(cut);
	ASSERT_EQ(oriel_cut_open(&lower, &cut), 0);
	EXPECT_EQ(oriel_cut_size(cut), size);
	EXPECT_EQ(oriel_cut_count(cut), count);
	oriel_cut_close(cut);
}

TEST_F(cut_file_, the_log_goes_round_and_round)
{
	cut_history file{some_bytes(60000), 3};
	ASSERT_EQ(file.first(), 0);
	u64 losses = 0;
	for (int i = 0; i < 1500; i++) {
		ASSERT_EQ(i % 2 ? file.collapse(file.random() % 30000, 1 + file.random() % 20) : file.insert(file.random() % 30000, 10), 0);
		if (file.random() % 3 == 0) {
			ASSERT_EQ(file.sync(), 0);
		}
		if (file.random() % 200 == 0) {
			file.lose_power();
			losses++;
		}
		ASSERT_EQ(file.complaint, "") << "change " << i;
	}
	EXPECT_GT(losses, 2u);
}
