// SPDX-License-Identifier: GPL-2.0
// Compiled as the kernel side's code is here: with its name space under another name.
#include "cut_map_core.hpp"

#include "fs/map_loader.h"
#include "kcore/mint.h"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

void *okb_alloc(unsigned long size)
{
	return std::calloc(1, size);
}

void okb_free(void *memory)
{
	std::free(memory);
}

namespace oriel {
namespace {

constexpr errc read_error{EIO};

// What a lower file turned out to be, and what of it told.
struct judged_file {
	cut_core::cut_state state;
	std::string why;
	u64 checkpoint, records;
};

class lower_reader {
public:
	lower_reader(int fd, u64 size, extent_map &map) : fd_(fd), size_(size), map_(map) {}

	result<judged_file> judge();
	int read_errno() const { return errno_; }

private:
	result<void> read(u64 at, void *buffer, u64 bytes);
	result<judged_file> judge_cut(const disk_header &header);
	result<void> load(map_loader &loader, const root &r, const file_identity &identity);
	result<u64> replay(map_loader &loader);
	result<judged_file> judge_intent();
	result<judged_file> unfinished(const intent &i);
	result<bool> has_checksum(u64 at, const intent &i);
	result<void> put(u64 length, u64 physical);
	result<judged_file> whole_lower();

	int fd_;
	u64 size_;
	extent_map &map_;
	const process_context ctx_ = mint::process();
	int errno_ = 0;
	bool begins_as_cut_ = false;
};

result<void> free_nothing(u64, u64)
{
	return {};
}

judged_file damaged(std::string what)
{
	return {cut_core::cut_state::damaged, std::move(what), 0, 0};
}

judged_file unknown(const char *what)
{
	return {cut_core::cut_state::unknown, what, 0, 0};
}

bool is_damage(const error &why)
{
	return why == errc::unclean || why == errc::no_data;
}

result<void> lower_reader::read(u64 at, void *buffer, u64 bytes)
{
	for (auto *to = static_cast<char *>(buffer); bytes;) {
		const ssize_t got = ::pread(fd_, to, bytes, static_cast<off_t>(at));
		if (got <= 0) {
			errno_ = got ? errno : ESTALE; // it has become shorter
			return read_error;
		}
		to += got;
		at += static_cast<u64>(got);
		bytes -= static_cast<u64>(got);
	}
	return {};
}

result<void> lower_reader::put(u64 length, u64 physical)
{
	return length ? map_.map(ctx_, map_.size(), {length, place::at(physical, extent_kind::data)}, free_nothing) : result<void>{};
}

result<judged_file> lower_reader::whole_lower()
{
	ORIEL_TRY(put(size_, 0));
	return judged_file{cut_core::cut_state::plain, "", 0, 0};
}

result<void> lower_reader::load(map_loader &loader, const root &r, const file_identity &identity)
{
	disk_extent packed[256];
	constexpr u32 at_once = sizeof(packed) / sizeof(packed[0]);
	ORIEL_TRY(loader.begin(ctx_, r, identity, size_));
	for (u32 done = 0, count; done < r.extent_count; done += count) {
		count = r.extent_count - done < at_once ? r.extent_count - done : at_once;
		ORIEL_TRY(read(r.map_area().offset + done * sizeof(disk_extent), packed, count * sizeof(disk_extent)));
		ORIEL_TRY(loader.extents(ctx_, packed, count));
	}
	return loader.end_extents();
}

// How many records there were.
result<u64> lower_reader::replay(map_loader &loader)
{
	for (u64 count = 0;; count++) {
		disk_record record;
		if (!loader.free_slots())
			return count;
		ORIEL_TRY(read(loader.next_slot(), &record, sizeof(record)));
		if (!ORIEL_TRY(loader.record(ctx_, record)))
			return count;
	}
}

result<judged_file> lower_reader::judge_cut(const disk_header &header)
{
	disk_root blocks[2];
	const file_identity identity = ORIEL_TRY(parse_header(header));
	ORIEL_TRY(read(block_bytes, blocks, sizeof(blocks)));
	const root r = ORIEL_TRY(choose_root(blocks, identity, size_));

	space_map space;
	map_loader loader(map_, space);
	if (const auto loaded = load(loader, r, identity); !loaded)
		return is_damage(loaded.failure()) ? result<judged_file>(damaged(fmt::format("the map of root {}", r.sequence)))
						   : loaded.failure();
	const auto records = replay(loader);
	if (!records && is_damage(records.failure()))
		return damaged(fmt::format("record {} of the log", loader.next_sequence()));
	if (!records)
		return records.failure();
	return judged_file{cut_core::cut_state::cut, "", r.sequence, records.value()};
}

result<bool> lower_reader::has_checksum(u64 at, const intent &i)
{
	u8 bytes[front_bytes];
	ORIEL_TRY(read(at, bytes, i.copy_bytes));
	return crc32c{}.add(bytes, i.copy_bytes).value() == i.copy_crc;
}

result<judged_file> lower_reader::unfinished(const intent &i)
{
	const bool copied = ORIEL_TRY(has_checksum(i.copy_offset, i));
	if (!copied && !ORIEL_TRY(has_checksum(0, i)))
		return damaged("the copy of what the first cut was to overwrite");
	ORIEL_TRY(put(i.copy_bytes, copied ? i.copy_offset : 0));
	ORIEL_TRY(put(i.old_size - i.copy_bytes, front_bytes));
	return judged_file{cut_core::cut_state::unfinished, "", 0, 0};
}

result<judged_file> lower_reader::judge_intent()
{
	disk_intent block;
	ORIEL_TRY(read(intent_offset(size_), &block, sizeof(block)));
	const auto parsed = parse_intent(block, size_);
	if (parsed)
		return unfinished(parsed.value());
	if (parsed.failure() == errc::not_supported)
		return unknown("the intent of its first cut");
	if (parsed.failure() == errc::unclean && checks_out(block))
		return damaged("the intent of its first cut");
	if (begins_as_cut_)
		return damaged("the header and the roots");
	return whole_lower();
}

result<judged_file> lower_reader::judge()
{
	disk_header header;
	if (!is_cut_size(size_) && size_ < sizeof(header))
		return whole_lower();
	ORIEL_TRY(read(0, &header, sizeof(header)));
	if (!is_cut_size(size_))
		return parse_header(header) ? damaged("the size of the lower file, which orielfs left another") : whole_lower();
	auto judged = judge_cut(header);
	if (judged)
		return judged;
	if (judged.failure() == errc::not_supported)
		return unknown("the header");
	if (!is_damage(judged.failure()))
		return judged;
	const auto parsed = parse_header(header);
	begins_as_cut_ = parsed || parsed.failure() == errc::unclean;
	if (!parsed && begins_as_cut_ && checks_out(header))
		return damaged("the header");
	return judge_intent();
}

cut_core::cut_kind kind_of(extent_kind kind)
{
	return kind == extent_kind::data        ? cut_core::cut_kind::data
	       : kind == extent_kind::unwritten ? cut_core::cut_kind::unwritten
						: cut_core::cut_kind::hole;
}

std::vector<cut_core::cut_extent> list_of(const extent_map &map)
{
	std::vector<cut_core::cut_extent> list;
	list.reserve(map.count());
	static_cast<void>(map.for_each(0, ~0ULL, [&](u64 offset, const extent &e) {
		list.push_back({offset, e.length, kind_of(e.where.kind()), e.where.is_hole() ? 0 : e.where.physical()});
		return result<void>{};
	}));
	return list;
}

} // namespace
} // namespace oriel

namespace cut_core {

bool may_be_cut(std::uint64_t lower_size)
{
	return oriel::is_cut_size(lower_size);
}

int read_map(int fd, std::uint64_t lower_size, cut_map &out)
{
	oriel::extent_map map;
	oriel::lower_reader reader(fd, lower_size, map);
	const auto judged = reader.judge();
	if (!judged)
		return reader.read_errno() ? reader.read_errno() : -judged.failure().negative();
	out.state = judged.value().state;
	out.why = judged.value().why;
	out.lower_size = lower_size;
	if (!out.readable())
		return 0;
	out.size = map.size();
	out.checkpoint = judged.value().checkpoint;
	out.records = judged.value().records;
	out.extents = oriel::list_of(map);
	return 0;
}

} // namespace cut_core
