// SPDX-License-Identifier: GPL-2.0
#include "ring_page.hpp"
#include "ring_page_builder.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

constexpr std::uint64_t missed = 1u << 31, count_stored = 1u << 30;

bytes filled(std::size_t size, int value)
{
	return bytes(size, static_cast<std::byte>(value));
}

struct seen_record {
	std::uint64_t time_ns;
	bytes data;
	bool operator==(const seen_record &) const = default;
};

struct reading {
	bool sound = false;
	std::vector<seen_record> records;
	missed_events missed;
};

reading read(const bytes &page)
{
	reading seen;
	seen.sound = read_ring_page(
		page,
		[&](std::uint64_t time_ns, byte_view record) {
			seen.records.push_back({time_ns, {record.begin(), record.end()}});
		},
		seen.missed);
	return seen;
}

TEST(ring_page, gives_records_with_their_times)
{
	const auto seen = read(ring_page_builder(1000).add(5, filled(8, 1)).add(7, filled(16, 2)).take());
	EXPECT_TRUE(seen.sound);
	EXPECT_EQ(seen.records, (std::vector<seen_record>{{1005, filled(8, 1)}, {1012, filled(16, 2)}}));
	EXPECT_FALSE(seen.missed.any);
}

TEST(ring_page, may_be_empty)
{
	const auto seen = read(ring_page_builder(1000).take());
	EXPECT_TRUE(seen.sound);
	EXPECT_TRUE(seen.records.empty());
}

TEST(ring_page, tells_what_was_missed)
{
	EXPECT_TRUE(read(ring_page_builder(1).add(1, filled(8, 1)).take(missed)).missed.any);
	ring_page_builder builder(1);
	builder.add(1, filled(8, 1));
	bytes page = builder.take(missed | count_stored);
	const std::uint64_t count = 42;
	std::memcpy(page.data() + builder.used(), &count, sizeof(count));
	const auto seen = read(page);
	EXPECT_EQ(seen.missed.count, 42u);
	EXPECT_EQ(seen.records.size(), 1u);
}

TEST(ring_page, a_header_that_claims_too_much_is_not_believed)
{
	bytes page = ring_page_builder(1).add(1, filled(8, 1)).take();
	for (const std::uint64_t claim : {std::uint64_t{4081}, std::uint64_t{0x7ffffff}, std::uint64_t{4076} | missed | count_stored}) {
		std::memcpy(page.data() + 8, &claim, sizeof(claim));
		EXPECT_FALSE(read(page).sound) << claim;
	}
	EXPECT_FALSE(read(filled(15, 0)).sound);
	EXPECT_FALSE(read({}).sound);
}

TEST(ring_page, a_record_that_reaches_past_the_page_is_not_given)
{
	ring_page_builder builder(1, 64);
	builder.add(1, filled(40, 1));
	bytes page = builder.take();
	const std::uint32_t too_long = 1 << 5 | 28;
	std::memcpy(page.data() + 16, &too_long, sizeof(too_long));
	EXPECT_FALSE(read(page).sound);
	EXPECT_TRUE(read(page).records.empty());
}

TEST(ring_page, long_records_count_their_length_word)
{
	const auto seen = read(ring_page_builder(1000).add_long(5, filled(120, 1)).add(1, filled(4, 2)).take());
	EXPECT_TRUE(seen.sound);
	EXPECT_EQ(seen.records, (std::vector<seen_record>{{1005, filled(120, 1)}, {1006, filled(4, 2)}}));
}

TEST(ring_page, time_is_extended_and_set)
{
	constexpr std::uint64_t high = std::uint64_t{3} << 59;
	const auto seen = read(ring_page_builder(high + 1000)
				       .add_time(30, std::uint64_t{1} << 40)
				       .add(5, filled(4, 1))
				       .add_time(31, (std::uint64_t{1} << 50) + 3)
				       .add(5, filled(4, 2))
				       .take());
	EXPECT_TRUE(seen.sound);
	EXPECT_EQ(seen.records, (std::vector<seen_record>{{high + (std::uint64_t{1} << 40) + 1005, filled(4, 1)},
							  {high + (std::uint64_t{1} << 50) + 8, filled(4, 2)}}));
}

TEST(ring_page, what_was_discarded_is_passed_over)
{
	const auto seen = read(ring_page_builder(0).add_padding(7, 12).add(5, filled(4, 1)).add_padding(0, 64).take());
	EXPECT_TRUE(seen.sound);
	EXPECT_EQ(seen.records, (std::vector<seen_record>{{12, filled(4, 1)}}));
}

TEST(ring_page, a_length_that_goes_backwards_ends_the_page)
{
	for (const std::uint32_t length : {0u, 3u, 4096u, 0x80000000u, 0xfffffff8u, 0xffffffffu}) {
		for (const std::uint32_t type : {0u, 29u}) {
			bytes page = ring_page_builder(1).add(1, filled(4, 1)).add_long(1, filled(120, 2)).take();
			const std::uint32_t record[] = {1u << 5 | type, length};
			std::memcpy(page.data() + 24, record, sizeof(record));
			const auto seen = read(page);
			EXPECT_FALSE(seen.sound) << type << " " << length;
			EXPECT_EQ(seen.records.size(), 1u);
		}
	}
}

TEST(ring_page, its_size_stands_in_the_description)
{
	const std::string text =
		"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
	EXPECT_EQ(parse_page_bytes(text), 4096u);
	EXPECT_FALSE(parse_page_bytes(""));
	EXPECT_FALSE(parse_page_bytes("field: char data; offset:16; size:10;"));
	EXPECT_FALSE(parse_page_bytes("field: char data; offset:16; size:99999999999999999999;"));
	EXPECT_FALSE(parse_page_bytes("field: char data;"));
}

} // namespace
} // namespace oriel::test
