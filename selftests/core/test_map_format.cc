// SPDX-License-Identifier: GPL-2.0
#include "fs/map_format.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "cut_image.h"
#include "fake_kernel.h"
#include "naive_map.h"

using namespace oriel;

namespace {

constexpr int no_memory = -12, exists = -17, invalid = -22, no_data = -61, not_supported = -95, unclean = -117;
constexpr auto data = extent_kind::data;
constexpr auto unwritten = extent_kind::unwritten;

/* A file of 100 bytes that lie at the start of the data, a hole of 50, and 30 unwritten ones. */
struct map_format : testing::Test {
	map_format()
	{
		fake::reset();
		model.replace(0, 0, {100, place::at(cut_image::data, data)});
		model.replace(100, 0, {50, place::hole()});
		model.replace(150, 0, {30, place::at(cut_image::data + 200, unwritten)});
		for (const extent &e : model.extents())
			image.extents.push_back(pack(e));
		image.root.logical_size = 180;
		image.root.extent_count = 3;
	}
	~map_format() override
	{
		map.clear();
		space.clear();
		EXPECT_EQ(fake::now.allocations, 0) << "leaked";
	}

	/* 0, or the errno with which the image is refused. */
	int read()
	{
		const result<root> r = read_image(ctx, image.bytes, map, space);
		return r ? 0 : r.failure().negative();
	}
	int build_and_read()
	{
		image.build();
		return read();
	}

	const process_context ctx = mint::process();
	cut_image image;
	naive_map model;
	extent_map map;
	space_map space;
};

/* One thing made wrong, and everything around it right. */
struct forged_map_format : map_format {
	int with(const std::function<void()> &forge)
	{
		const cut_image whole = image;
		forge();
		const int status = build_and_read();
		image = whole;
		return status;
	}
};

} // namespace

TEST_F(map_format, what_is_written_reads_the_same)
{
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(model.compare(map), "");
	EXPECT_EQ(space.used(), cut_image::data + 130);
	EXPECT_EQ(space.end(), cut_image::end);

	extent_map again;
	cut_image copy;
	copy.take(map);
	copy.build();
	EXPECT_EQ(copy.bytes, image.bytes);
}

TEST_F(map_format, an_empty_file_reads)
{
	image.extents.clear();
	image.root.extent_count = 0;
	image.root.logical_size = 0;
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(map.size(), 0u);
}

TEST_F(map_format, the_layout_is_the_documented_one)
{
	image.add(log_operation::collapse, 10, 20, 160);
	image.build();
	const auto text = [&](u64 offset, u64 length) {
		return std::string(image.bytes.begin() + static_cast<long>(offset),
				   image.bytes.begin() + static_cast<long>(offset + length));
	};
	EXPECT_EQ(text(0, 16), std::string("\x89Horiel\n\1\0\0\0\0\0\0\x80", 16));
	EXPECT_EQ(text(8192, 16), std::string("\x89Roriel\n\1\0\0\0\0\0\0\0", 16));
	EXPECT_EQ(text(8192 + 16, 8), std::string("\xb4\0\0\0\0\0\0\0", 8));
	EXPECT_EQ(text(8192 + 64, 4), std::string("\3\0\0\0", 4));
	EXPECT_EQ(text(16384, 8), std::string("\x64\0\0\0\0\0\0\0", 8));
	EXPECT_EQ(text(16384 + 24, 8), std::string(8, '\xff')) << "a hole";
	EXPECT_EQ(text(20480 + 4, 12), std::string("\1\0\0\0\1\0\0\0\0\0\0\0", 12));
	EXPECT_EQ(text(20480 + 40, 8), std::string("\xa0\0\0\0\0\0\0\0", 8));
	/* The example of orielfs-format.md, whose checksums another program made. */
	EXPECT_EQ(image.bytes.size(), 42411u);
	EXPECT_EQ(image.header().crc, 0x1fd85ec9u);
	EXPECT_EQ(image.root_block(1).map_crc, 0xdf9d29a9u);
	EXPECT_EQ(image.root_block(1).crc, 0x7144d1d8u);
	EXPECT_EQ(image.at<disk_record>(20480).crc, 0xc3f27141u);
}

TEST_F(map_format, the_log_is_carried_out)
{
	image.add(log_operation::collapse, 10, 20, 160);
	model.replace(10, 20, {});
	image.add(log_operation::insert, 50, 5, 165);
	model.replace(50, 0, {5, place::hole()});
	log_record &put = image.add(log_operation::map, 50, 5, 165);
	put.kind = unwritten;
	put.physical = cut_image::end;
	put.physical_end = cut_image::end + 10;
	model.replace(50, 5, {5, place::at(cut_image::end, unwritten)});
	log_record &convert = image.add(log_operation::convert, 51, 2, 165);
	convert.kind = data;
	convert.physical_end = cut_image::end + 10;
	model.replace(51, 2, {2, place::at(cut_image::end + 1, data)});
	image.add(log_operation::punch, 0, 3, 165).physical_end = cut_image::end + 10;
	model.replace(0, 3, {3, place::hole()});
	log_record &reuse = image.add(log_operation::map, 0, 3, 165);
	reuse.kind = data;
	reuse.physical = cut_image::data;
	reuse.physical_end = cut_image::end + 10;
	model.replace(0, 3, {3, place::at(cut_image::data, data)});
	image.add(log_operation::resize, 64, 0, 64).physical_end = cut_image::end + 10;
	model.replace(64, 101, {});
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(model.compare(map), "");
	EXPECT_EQ(space.used(), cut_image::data + model.allocated());
}

/* Changes at random, each recorded; every few of them a checkpoint.  At any record the file reads as it was then. */
TEST_F(map_format, a_history_reads_as_it_happened)
{
	std::mt19937 random{3};
	const auto forget = [](u64, u64) { return result<void>{}; };
	extent_map live;
	ASSERT_TRUE(live.map(ctx, 0, {180, place::at(cut_image::data, data)}, forget));
	for (int i = 0; i < 1500; i++) {
		if (i % 50 == 0) {
			image.root.log_sequence += image.records.size();
			image.root.log_first = (image.root.log_first + image.records.size()) % 64;
			image.root.sequence++;
			image.root.physical_end = image.bytes.size() - size_mark;
			image.records.clear();
			image.take(live);
		}
		const auto operation = static_cast<log_operation>(1 + random() % 6);
		const u64 size = live.size(), offset = random() % size, length = 1 + random() % 20;
		log_record r{.sequence = image.root.log_sequence + image.records.size(),
			     .operation = operation,
			     .kind = extent_kind::hole,
			     .offset = offset,
			     .length = length,
			     .physical = 0,
			     .logical_size = 0,
			     .physical_end = image.bytes.size() - size_mark};
		result<void> done;
		switch (operation) {
		case log_operation::collapse:
			done = size < 60 ? result<void>{errc::invalid} : live.collapse(ctx, offset, length, forget);
			break;
		case log_operation::insert:
			done = live.insert(ctx, offset, length);
			break;
		case log_operation::map:
			/* Never a place again; the lower file grows for it. */
			r.kind = random() % 2 ? data : unwritten;
			r.physical = r.physical_end + random() % 3;
			r.physical_end += block_bytes;
			image.bytes.resize(r.physical_end + size_mark);
			done = live.map(ctx, offset, {length, place::at(r.physical, r.kind)}, forget);
			break;
		case log_operation::punch:
			done = live.punch(ctx, offset, length, forget);
			break;
		case log_operation::resize:
			r.length = 0;
			r.offset = size - size / 10 + random() % 20;
			done = live.resize(ctx, r.offset, forget);
			break;
		case log_operation::convert:
			r.kind = random() % 2 ? data : unwritten;
			done = live.convert(ctx, offset, length, r.kind);
			break;
		}
		if (!done)
			continue;
		r.logical_size = live.size();
		image.records.push_back(r);
		if (i % 7)
			continue;
		ASSERT_EQ(build_and_read(), 0) << "change " << i;
		cut_image was, is;
		was.take(live);
		is.take(map);
		ASSERT_EQ(memcmp(was.extents.data(), is.extents.data(), was.extents.size() * sizeof(disk_extent)), 0);
		ASSERT_EQ(map.count(), live.count());
		ASSERT_EQ(map.allocated(), live.allocated());
	}
	EXPECT_GT(live.count(), 10u);
}

TEST_F(map_format, the_log_goes_round_and_ends_where_it_is_torn)
{
	image.root.log_first = 62;
	image.root.log_sequence = 1000;
	for (u64 size = 179; size > 170; size--)
		image.add(log_operation::collapse, 0, 1, size);
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(map.size(), 171u);
	/* The fourth record, in slot 1. */
	image.at<u8>(cut_image::log + 64 + 20) ^= 1;
	EXPECT_EQ(read(), 0);
	EXPECT_EQ(map.size(), 177u);
	image.at<u8>(cut_image::log + 64 + 20) ^= 1;
	image.records[3].sequence = 1002;
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(map.size(), 177u) << "an old record";
}

TEST_F(map_format, a_full_log_ends)
{
	for (u64 i = 1; i <= 64; i++)
		image.add(log_operation::collapse, 0, 1, 180 - i);
	EXPECT_EQ(build_and_read(), 0);
	EXPECT_EQ(map.size(), 116u);
}

TEST_F(map_format, the_newer_root_counts_unless_it_is_torn)
{
	image.build();
	cut_image newer = image;
	newer.root.sequence = 2;
	newer.extents.resize(1);
	newer.root.extent_count = 1;
	newer.root.logical_size = 100;
	newer.build();
	image = newer;
	EXPECT_EQ(read(), 0);
	EXPECT_EQ(map.size(), 100u);
	image.root_block(2).zero[1000] ^= 1;
	EXPECT_EQ(read(), 0);
	EXPECT_EQ(map.size(), 180u);
	image.root_block(1).zero[1000] ^= 1;
	EXPECT_EQ(read(), unclean);
}

TEST_F(map_format, no_other_size_and_no_other_magic_is_a_cut_file)
{
	image.build();
	EXPECT_TRUE(is_cut_size(cut_image::size));
	EXPECT_FALSE(is_cut_size(size_mark));
	EXPECT_FALSE(is_cut_size(cut_image::end));
	EXPECT_FALSE(is_cut_size(~0ULL));
	image.bytes.push_back(0);
	EXPECT_EQ(read(), no_data);
	image.bytes.pop_back();
	image.header().magic[1] = 'h';
	EXPECT_EQ(read(), no_data);
}

TEST_F(map_format, each_damaged_bit_of_the_blocks_is_seen)
{
	image.root.sequence = 2;
	image.build();
	/* A sample: the fields, and here and there behind them. */
	for (u64 offset = 8; offset < 2 * block_bytes; offset += offset % block_bytes < 128 ? 1 : 61) {
		image.bytes[offset] ^= 0x10;
		EXPECT_EQ(read(), unclean) << "byte " << offset;
		image.bytes[offset] ^= 0x10;
	}
	for (u64 offset = 0; offset < 48; offset++) {
		image.at<u8>(cut_image::areas + offset) ^= 1;
		EXPECT_EQ(read(), unclean) << "byte " << offset << " of the map";
		image.at<u8>(cut_image::areas + offset) ^= 1;
	}
	EXPECT_EQ(read(), 0);
}

TEST_F(map_format, an_unknown_version_or_feature_is_not_supported)
{
	const auto seal = [&] { image.header().crc = crc32c{}.add(&image.header(), 4092).value(); };
	image.build();
	image.header().version = 2;
	seal();
	EXPECT_EQ(read(), not_supported);
	image.build();
	image.header().features = feature_experimental | 1;
	seal();
	EXPECT_EQ(read(), not_supported);
	image.build();
	image.header().zero[4059] = 1;
	seal();
	EXPECT_EQ(read(), unclean);
}

TEST_F(map_format, blocks_of_another_file_are_not_taken)
{
	image.build();
	cut_image other = image;
	other.identity.bytes[0]++;
	pack(other.identity, image.header());
	EXPECT_EQ(read(), unclean) << "root";
	pack(image.root, other.identity, image.root_block(1));
	EXPECT_EQ(read(), unclean) << "map";
	image.build();
	image.add(log_operation::collapse, 0, 1, 179);
	pack(image.records[0], other.identity, image.at<disk_record>(cut_image::log));
	EXPECT_EQ(read(), 0);
	EXPECT_EQ(map.size(), 180u) << "log";
}

TEST_F(forged_map_format, a_root_that_does_not_fit_is_refused)
{
	root &r = image.root;
	EXPECT_EQ(with([] {}), 0);
	EXPECT_EQ(with([&] { r.sequence = 0; }), unclean);
	EXPECT_EQ(with([&] { r.sequence = 1ULL << 63 | 1; }), unclean);
	EXPECT_EQ(with([&] { r.logical_size = 181; }), unclean);
	EXPECT_EQ(with([&] { r.logical_size = ~0ULL; }), unclean);
	EXPECT_EQ(with([&] { r.physical_end = cut_image::size + 1; }), unclean);
	EXPECT_EQ(with([&] { r.physical_end = cut_image::data + 229; }), unclean) << "an extent goes on behind";
	EXPECT_EQ(with([&] { r.physical_end = cut_image::data - 1; }), unclean);
	EXPECT_EQ(with([&] { r.physical_end = 0; }), unclean);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(with([&] { r.area[i].offset++; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].offset = 8192; }), unclean) << "over a root";
		EXPECT_EQ(with([&] { r.area[i].offset = ~0ULL << 12; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].offset = r.area[!i].offset; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].offset = cut_image::data; }), unclean) << "over data";
		EXPECT_EQ(with([&] { r.area[i].bytes = 0; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].bytes = 4095; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].bytes = ~0ULL << 12; }), unclean);
		EXPECT_EQ(with([&] { r.area[i].bytes = 16384; }), unclean) << "over the log";
	}
	EXPECT_EQ(with([&] { r.extent_count = 2; }), unclean);
	EXPECT_EQ(with([&] { r.extent_count = 4; }), unclean);
	EXPECT_EQ(with([&] { r.extent_count = 257; }), unclean);
	EXPECT_EQ(with([&] { r.extent_count = ~0U; }), unclean);
	EXPECT_EQ(with([&] { r.log_offset++; }), unclean);
	EXPECT_EQ(with([&] { r.log_offset = 0; }), unclean);
	EXPECT_EQ(with([&] { r.log_offset = r.area[0].offset; }), unclean);
	EXPECT_EQ(with([&] { r.log_offset = cut_image::data; }), unclean);
	EXPECT_EQ(with([&] { r.log_offset = ~0ULL << 12; }), unclean);
	EXPECT_EQ(with([&] { r.log_slots = 0; }), unclean);
	EXPECT_EQ(with([&] { r.log_slots = 63; }), unclean);
	EXPECT_EQ(with([&] { r.log_slots = 128; }), unclean) << "over data";
	EXPECT_EQ(with([&] { r.log_slots = max_log_slots + 64; }), unclean);
	EXPECT_EQ(with([&] { r.log_first = 64; }), unclean);
	EXPECT_EQ(with([&] { r.log_sequence = 0; }), unclean);
	EXPECT_EQ(with([&] { r.log_sequence = ~0ULL; }), unclean);
	EXPECT_EQ(with([&] {
			  r.extent_count = max_extents + 1;
			  r.area[1].bytes = cut_image::end;
		  }),
		  unclean);
}

TEST_F(map_format, counts_are_bounded_whatever_room_there_is)
{
	constexpr u64 room = 4 << 20, lower_size = 8 * room;
	root r = image.root;
	r.physical_end = lower_size;
	r.area[0] = {room, room};
	r.area[1] = {2 * room, room};
	r.log_offset = 3 * room;
	disk_root block;
	const auto status = [&] {
		pack(r, image.identity, block);
		const result<root> parsed = parse_root(block, 1, image.identity, lower_size);
		return parsed ? 0 : parsed.failure().negative();
	};
	r.extent_count = max_extents;
	r.log_slots = max_log_slots;
	EXPECT_EQ(status(), 0);
	r.extent_count++;
	EXPECT_EQ(status(), unclean);
	r.extent_count--;
	r.log_slots += 64;
	EXPECT_EQ(status(), unclean);
}

TEST_F(forged_map_format, an_extent_that_does_not_fit_is_refused)
{
	const auto length = [&](int i, u64 bytes) { return with([&] { image.extents[static_cast<u64>(i)].length = bytes; }); };
	const auto where = [&](int i, u64 word) { return with([&] { image.extents[static_cast<u64>(i)].where = word; }); };
	EXPECT_EQ(length(0, 0), unclean);
	EXPECT_EQ(length(0, 99), unclean);
	EXPECT_EQ(length(0, 201), unclean) << "over the third";
	EXPECT_EQ(length(1, 0), unclean);
	EXPECT_EQ(length(1, max_file_bytes), unclean);
	EXPECT_EQ(length(1, ~0ULL), unclean);
	EXPECT_EQ(length(2, ~0ULL), unclean);
	EXPECT_EQ(where(0, 0), unclean) << "the header";
	EXPECT_EQ(where(0, cut_image::data - 1), unclean) << "the log";
	EXPECT_EQ(where(0, cut_image::areas), unclean);
	EXPECT_EQ(where(0, cut_image::data + 229), unclean) << "the last byte of the third";
	EXPECT_EQ(where(0, cut_image::end - 99), unclean) << "behind the end";
	EXPECT_EQ(where(0, ~0ULL - 1), unclean);
	EXPECT_EQ(where(2, max_file_bytes), unclean);
	EXPECT_EQ(where(2, ~0ULL), 0) << "a hole, too";
	EXPECT_EQ(where(0, cut_image::end - 100), 0);
}

TEST_F(forged_map_format, a_record_that_is_whole_and_does_not_fit_is_refused)
{
	const auto with_record = [&](const std::function<void(log_record &)> &forge) {
		return with([&] {
			log_record &r = image.add(log_operation::map, 10, 20, 180);
			r.kind = data;
			r.physical = cut_image::end - 20;
			forge(r);
		});
	};
	EXPECT_EQ(with_record([](log_record &) {}), 0);
	EXPECT_EQ(with_record([](log_record &r) { r.operation = static_cast<log_operation>(0); }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.operation = static_cast<log_operation>(7); }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.kind = static_cast<extent_kind>(3); }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.kind = extent_kind::hole; }), unclean) << "a hole has no place";
	EXPECT_EQ(with_record([](log_record &r) { r.offset = 181; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.offset = ~0ULL; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.length = 0; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.length = 21; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.length = ~0ULL; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.physical++; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.physical = cut_image::data; }), unclean) << "in use";
	EXPECT_EQ(with_record([](log_record &r) { r.physical = ~0ULL; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.physical |= 1ULL << 63; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.logical_size = 181; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.physical_end = cut_image::size + 1; }), unclean);
	EXPECT_EQ(with_record([](log_record &r) { r.physical_end = cut_image::end - 1; }), unclean) << "shrinks";
	EXPECT_EQ(with_record([](log_record &r) { r.operation = log_operation::collapse; }), unclean) << "has no kind";
	EXPECT_EQ(with_record([](log_record &r) {
			  r.operation = log_operation::resize;
			  r.kind = extent_kind::hole;
			  r.physical = 0;
		  }),
		  unclean)
		<< "has no length";
	EXPECT_EQ(with([&] { image.add(log_operation::collapse, 100, 80, 100); }), unclean) << "reaches the end";
	EXPECT_EQ(with([&] { image.add(log_operation::insert, 180, 1, 181); }), unclean);
	EXPECT_EQ(with([&] { image.add(log_operation::convert, 100, 10, 180).kind = data; }), unclean) << "a hole";
	image.add(log_operation::punch, 0, 1, 180);
	image.build();
	disk_record &record = image.at<disk_record>(cut_image::log);
	record.zero_too[7] = 1;
	record.crc = begin_map_crc(image.identity).add(reinterpret_cast<u8 *>(&record) + 4, 60).value();
	EXPECT_EQ(read(), unclean);
}

TEST_F(map_format, each_allocation_that_fails_is_told)
{
	image.add(log_operation::collapse, 10, 20, 160);
	image.build();
	long nth = 0;
	int status;
	do {
		fake::now.fail_allocation_in = nth++;
		status = read();
		ASSERT_TRUE(status == 0 || status == no_memory);
	} while (status);
	EXPECT_GT(nth, 2);
	fake::now.fail_allocation_in = -1;
}

TEST_F(map_format, an_intent_tells_the_old_file)
{
	constexpr u64 size = 5 * block_bytes + size_mark;
	disk_intent block;
	const auto refused = [&](intent i) {
		pack(i, block);
		const result<intent> r = parse_intent(block, size);
		return r ? 0 : r.failure().negative();
	};
	EXPECT_EQ(intent_offset(size), 4 * block_bytes);
	const intent whole{.old_size = 100, .copy_offset = front_bytes, .copy_bytes = 100, .copy_crc = 7};
	EXPECT_EQ(refused(whole), 0);
	EXPECT_EQ(parse_intent(block, size).value().copy_crc, 7u);
	EXPECT_FALSE(parse_intent(block, size + 1));
	EXPECT_EQ(refused({100, front_bytes, 101, 7}), unclean);
	EXPECT_EQ(refused({100, front_bytes + 1, 100, 7}), unclean);
	EXPECT_EQ(refused({100, 2 * block_bytes, 100, 7}), unclean);
	EXPECT_EQ(refused({100, ~0ULL << 12, 100, 7}), unclean);
	EXPECT_EQ(refused({front_bytes + 1, front_bytes, 12288, 7}), unclean) << "the copy lies in the old file";
	EXPECT_EQ(refused({front_bytes, front_bytes, 12288, 7}), unclean) << "the copy lies over the intent";
	EXPECT_EQ(refused({~0ULL, front_bytes, 12288, 7}), unclean);
	pack(whole, block);
	block.magic[0] = 0;
	EXPECT_EQ(parse_intent(block, size).failure().negative(), no_data);
	pack(whole, block);
	block.zero[9] = 1;
	EXPECT_EQ(parse_intent(block, size).failure().negative(), unclean);
}

TEST_F(map_format, space_is_claimed_once)
{
	ASSERT_TRUE(space.grow(ctx, 100));
	EXPECT_TRUE(space.claim(ctx, 10, 10));
	EXPECT_EQ(errno_of(space.claim(ctx, 19, 1)), exists);
	EXPECT_EQ(errno_of(space.claim(ctx, 5, 20)), exists);
	EXPECT_EQ(errno_of(space.claim(ctx, 90, 11)), invalid);
	EXPECT_EQ(errno_of(space.claim(ctx, 90, ~0ULL)), invalid);
	EXPECT_EQ(errno_of(space.claim(ctx, 90, 0)), invalid);
	EXPECT_EQ(errno_of(space.release(ctx, 5, 10)), invalid);
	EXPECT_EQ(errno_of(space.release(ctx, 15, 6)), invalid);
	EXPECT_TRUE(space.release(ctx, 15, 5));
	EXPECT_TRUE(space.claim(ctx, 15, 85));
	EXPECT_EQ(space.used(), 90u);
	EXPECT_EQ(errno_of(space.grow(ctx, 99)), invalid);
}
