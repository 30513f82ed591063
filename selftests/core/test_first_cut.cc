// SPDX-License-Identifier: GPL-2.0
/* From a plain file to a cut one, interrupted anywhere, and back. */
#include "fs/cut_file.h"

#include "cut_file_test.h"
#include "cut_history.h"

using namespace oriel;

TEST_F(cut_file_, the_first_cut_changes_no_byte)
{
	for (u64 size : {0ULL, 1ULL, 4096ULL, 12287ULL, 12288ULL, 12289ULL, 40960 + size_mark, 100000ULL}) {
		cut_history file{some_bytes(size), 1};
		EXPECT_EQ(file.first(), 0);
		file.check();
		EXPECT_EQ(file.complaint, "") << size;
		EXPECT_EQ(oriel_cut_allocated(file.cut()), size);
		file.lose_power();
		EXPECT_NE(file.cut(), nullptr);
		file.check();
		EXPECT_EQ(file.complaint, "") << size;
	}
}

TEST_F(cut_file_, a_first_cut_may_be_interrupted_anywhere)
{
	u32 found_cut = 0, found_plain = 0;
	for (u32 seed = 0; seed < number("ORIEL_CUT_ROUNDS", 60); seed++) {
		const u64 sizes[] = {0, 5, 5000, 12288, 20000, 40960 + size_mark};
		cut_history file{some_bytes(sizes[seed % 6], seed), seed};
		/* At a call that fails, and then the power does; or it does at once. */
		file.lower().for_good = seed % 4;
		file.lower().fail_in = static_cast<long>(file.random() % 40);
		const int status = file.first();
		file.lower().for_good = false;
		file.lower().fail_in = -1;
		if (status && status != unclean) {
			EXPECT_EQ(file.lower().bytes.size(), file.size()) << "put back";
			file.check();
		}
		file.lose_power();
		file.cut() ? found_cut++ : found_plain++;
		ASSERT_EQ(file.complaint, "") << "seed " << seed << ", status " << status;
		/* Again, and once more. */
		if (!file.cut()) {
			ASSERT_EQ(file.first(), 0);
		}
		file.lose_power();
		file.check();
		ASSERT_EQ(file.complaint, "") << "seed " << seed;
	}
	EXPECT_GT(found_cut, 3u);
	EXPECT_GT(found_plain, 3u);
}

TEST_F(cut_file_, a_note_that_is_not_durable_does_not_stay)
{
	okb_lower lower{some_bytes(20000)};
	oriel_cut *cut = nullptr;
	lower.fail_in = 0;
	EXPECT_EQ(oriel_cut_first(&lower, &cut), io_error);
	EXPECT_EQ(cut, nullptr);
	EXPECT_FALSE(lower.note.has_value());
	EXPECT_EQ(lower.bytes, some_bytes(20000));
}

TEST_F(cut_file_, a_note_that_cannot_be_read_is_no_reason_to_call_a_file_plain)
{
	okb_lower lower{std::vector<u8>(40960 + size_mark)};
	lower.note = {20000, 40960 + size_mark};
	oriel_cut *cut = nullptr;
	for (int failure : {no_memory, io_error, unclean}) {
		lower.note_failure = failure;
		EXPECT_EQ(oriel_cut_open(&lower, &cut), failure);
	}
	EXPECT_EQ(lower.bytes.size(), 40960 + size_mark);
	lower.note_failure = 0;
	EXPECT_EQ(oriel_cut_open(&lower, &cut), 0);
	EXPECT_EQ(cut, nullptr);
	EXPECT_EQ(lower.bytes.size(), 20000u);
}

TEST_F(cut_file_, a_note_that_was_left_does_not_shorten_what_has_grown_since)
{
	oriel_cut *cut = nullptr;
	for (const u64 old_size : {u64{0}, u64{20000}, u64{30000}, 40960 + size_mark, ~u64{0}}) {
		okb_lower lower{some_bytes(40960 + size_mark)};
		lower.note = {old_size, 40960 + size_mark};
		EXPECT_EQ(oriel_cut_open(&lower, &cut), 0);
		EXPECT_EQ(cut, nullptr);
		EXPECT_EQ(lower.bytes, some_bytes(40960 + size_mark)) << old_size;
	}
	okb_lower lower{std::vector<u8>(40960 + size_mark)};
	lower.note = {30000, 40960 + size_mark}; /* no room for a log behind it */
	EXPECT_EQ(oriel_cut_open(&lower, &cut), 0);
	EXPECT_EQ(lower.bytes.size(), 40960 + size_mark);
}
