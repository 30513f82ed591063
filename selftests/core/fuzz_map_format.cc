// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a lower file with a map: refused, or read into a map that holds together.
 * The input is laid over an image that is whole, field by field, and the checksums are made right again: no fuzzer guesses those.
 */
#include <cstdio>
#include <cstdlib>

#include "cut_image.h"
#include "fake_kernel.h"

using namespace oriel;

namespace {

void demand(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Changes `size` bytes by the input, as far as there is any. */
void alter(void *at, std::size_t size, const u8 *&input, const u8 *end)
{
	for (u8 *byte = static_cast<u8 *>(at); size && input != end; size--)
		*byte++ ^= *input++;
}

/* The ranges of the lower file that a map uses do not overlap, and lie where data may lie. */
void demand_sound(const extent_map &map, const space_map &space, const root &r)
{
	std::vector<byte_range> ranges{{0, front_bytes}, r.area[0], r.area[1], {r.log_offset, u64{r.log_slots} * sizeof(disk_record)}};
	u64 used = front_bytes + r.area[0].bytes + r.area[1].bytes + ranges[3].bytes;
	static_cast<void>(map.for_each(0, ~0ULL, [&](u64, const extent &e) {
		if (!e.where.is_hole()) {
			ranges.push_back({e.where.physical(), e.length});
			used += e.length;
		}
		return result<void>{};
	}));
	std::sort(ranges.begin(), ranges.end(), [](const byte_range &a, const byte_range &b) { return a.offset < b.offset; });
	u64 end = 0;
	for (const byte_range &range : ranges) {
		demand(range.offset >= end, "two ranges overlap");
		end = range.offset + range.bytes;
	}
	demand(end <= space.end() && space.end() <= cut_image::size, "a range lies behind the end");
	demand(space.used() == used, "the space in use is not that of the map");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8 *input, std::size_t size)
{
	const process_context ctx = mint::process();
	const u8 *const end = input + size;
	extent_map map;
	space_map space;
	fake::reset();

	static const std::vector<u8> whole = [] {
		cut_image image;
		image.extents = {pack({100, place::at(cut_image::data, extent_kind::data)}), pack({50, place::hole()}),
				 pack({30, place::at(cut_image::data + 200, extent_kind::unwritten)})};
		image.root.logical_size = 180;
		image.root.extent_count = 3;
		for (u64 left = 179; left > 171; left--)
			image.add(log_operation::collapse, 5, 1, left);
		image.build();
		return image.bytes;
	}();
	cut_image image;
	image.bytes = whole;
	disk_root &r = image.root_block(1);
	auto *records = &image.at<disk_record>(cut_image::log);
	auto *extents = &image.at<disk_extent>(cut_image::areas + block_bytes);
	alter(&records->operation, 60, input, end);
	alter(extents, 4 * sizeof(*extents), input, end);
	alter(&r.sequence, offsetof(disk_root, zero) - offsetof(disk_root, sequence), input, end);
	alter(records + 1, 7 * sizeof(*records), input, end);

	const u64 map_offset = r.area[r.sequence % 2].offset, count = r.extent_count;
	if (map_offset < cut_image::size && count < (cut_image::size - map_offset) / sizeof(disk_extent))
		r.map_crc = begin_map_crc(image.identity).add(&image.at<u8>(map_offset), count * sizeof(disk_extent)).value();
	for (u32 i = 0; i < 8; i++)
		records[i].crc = begin_map_crc(image.identity).add(&records[i].operation, 60).value();
	r.crc = begin_map_crc(image.identity).add(&r, offsetof(disk_root, crc)).value();

	const result<root> read = read_image(ctx, image.bytes, map, space);
	if (read)
		demand_sound(map, space, read.value());
	else
		demand(read.failure() == errc::unclean, "another error than unclean");
	map.clear();
	space.clear();
	demand(fake::now.allocations == 0, "leaked");
	return 0;
}
