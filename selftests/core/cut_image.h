/* SPDX-License-Identifier: GPL-2.0 */
/* A lower file that carries a map, in memory: put together, and read as the kernel would. */
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "fs/map_loader.h"

/*
 * Laid out as: front, area 0, area 1 and log of a block each, then data up to the end.  Whatever is to be forged is set before build().
 */
struct cut_image {
	static constexpr u64 areas = oriel::front_bytes, log = areas + 2 * oriel::block_bytes, data = log + oriel::block_bytes;
	static constexpr u64 data_bytes = 4 * oriel::block_bytes, end = data + data_bytes, size = end + oriel::size_mark;

	oriel::file_identity identity{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
	oriel::root root{.sequence = 1,
			 .logical_size = 0,
			 .physical_end = end,
			 .area = {{areas, oriel::block_bytes}, {areas + oriel::block_bytes, oriel::block_bytes}},
			 .extent_count = 0,
			 .map_crc = 0,
			 .log_offset = log,
			 .log_slots = 64,
			 .log_first = 0,
			 .log_sequence = 1};
	std::vector<oriel::disk_extent> extents;
	std::vector<oriel::log_record> records;
	std::vector<u8> bytes = std::vector<u8>(size);

	/* The checkpoint of a map. */
	void take(const oriel::extent_map &map)
	{
		extents.clear();
		static_cast<void>(map.for_each(0, ~0ULL, [&](u64, const oriel::extent &e) {
			extents.push_back(oriel::pack(e));
			return oriel::result<void>{};
		}));
		root.logical_size = map.size();
		root.extent_count = static_cast<u32>(extents.size());
	}

	template <class T>
	T &at(u64 offset)
	{
		return *reinterpret_cast<T *>(bytes.data() + offset);
	}
	oriel::disk_header &header() { return at<oriel::disk_header>(0); }
	oriel::disk_root &root_block(u64 sequence) { return at<oriel::disk_root>(oriel::block_bytes * (1 + sequence % 2)); }

	/* The blocks; the checksum over the map is made right. */
	void build()
	{
		oriel::crc32c crc = oriel::begin_map_crc(identity);
		crc.add(extents.data(), extents.size() * sizeof(oriel::disk_extent));
		root.map_crc = crc.value();
		oriel::pack(identity, header());
		oriel::pack(root, identity, root_block(root.sequence));
		const u64 map_bytes = std::min<u64>(extents.size() * sizeof(oriel::disk_extent), oriel::block_bytes);
		memcpy(&at<u8>(areas + oriel::block_bytes * (root.sequence % 2)), extents.data(), map_bytes);
		for (std::size_t i = 0; i < records.size(); i++)
			oriel::pack(records[i], identity,
				    at<oriel::disk_record>(log + (root.log_first + i) % 64 * sizeof(oriel::disk_record)));
	}
	/* Adds a record as a writer does, its sequence and sizes made right. */
	oriel::log_record &add(oriel::log_operation operation, u64 offset, u64 length, u64 logical_size)
	{
		records.push_back({.sequence = root.log_sequence + records.size(),
				   .operation = operation,
				   .kind = oriel::extent_kind::hole,
				   .offset = offset,
				   .length = length,
				   .physical = 0,
				   .logical_size = logical_size,
				   .physical_end = root.physical_end});
		return records.back();
	}
};

/* What a reader makes of the file.  no_data: it carries no map. */
inline oriel::result<oriel::root> read_image(const oriel::process_context &ctx, const std::vector<u8> &bytes, oriel::extent_map &map,
					     oriel::space_map &space)
{
	using namespace oriel;
	if (!is_cut_size(bytes.size()))
		return errc::no_data;
	const file_identity identity = ORIEL_TRY(parse_header(*reinterpret_cast<const disk_header *>(bytes.data())));
	const auto &roots = *reinterpret_cast<const disk_root(*)[2]>(bytes.data() + block_bytes);
	const root r = ORIEL_TRY(choose_root(roots, identity, bytes.size()));
	map_loader loader{map, space};
	ORIEL_TRY(loader.begin(ctx, r, identity, bytes.size()));
	const auto *packed = reinterpret_cast<const disk_extent *>(bytes.data() + r.map_area().offset);
	constexpr u32 at_once = 7;
	for (u32 i = 0; i < r.extent_count; i += at_once)
		ORIEL_TRY(loader.extents(ctx, packed + i, std::min(at_once, r.extent_count - i)));
	ORIEL_TRY(loader.end_extents());
	while (loader.free_slots()) {
		disk_record record;
		memcpy(&record, bytes.data() + loader.next_slot(), sizeof(record));
		if (!ORIEL_TRY(loader.record(ctx, record)))
			break;
	}
	return r;
}
