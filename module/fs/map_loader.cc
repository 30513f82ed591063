// SPDX-License-Identifier: GPL-2.0
#include "fs/map_loader.h"

namespace oriel {
namespace {

/* Whatever the maps refuse, the file is to blame; but memory. */
result<void> blame_file(const result<void> &done)
{
	if (done || done.failure() == errc::no_memory)
		return done;
	return errc::unclean;
}

} // namespace

result<void> map_loader::begin(const sleeping_context &ctx, const root &r, const file_identity &identity, u64 lower_size)
{
	map_.clear();
	space_.clear();
	root_ = r;
	identity_ = identity;
	lower_size_ = lower_size;
	next_sequence_ = r.log_sequence;
	extents_left_ = r.extent_count;
	crc_ = begin_map_crc(identity);
	ORIEL_TRY(blame_file(space_.grow(ctx, r.physical_end)));
	const byte_range of_ours[] = {{0, front_bytes}, r.area[0], r.area[1], {r.log_offset, u64{r.log_slots} * sizeof(disk_record)}};
	for (const byte_range &range : of_ours)
		ORIEL_TRY(blame_file(space_.claim(ctx, range.offset, range.bytes)));
	return {};
}

/* The place is claimed before what was there is released: no record maps bytes to where they are already. */
result<void> map_loader::place_extent(const sleeping_context &ctx, u64 offset, const extent &e)
{
	if (!e.where.is_hole())
		ORIEL_TRY(space_.claim(ctx, e.where.physical(), e.length));
	return map_.map(ctx, offset, e, [&](u64 physical, u64 length) { return space_.release(ctx, physical, length); });
}

result<void> map_loader::extents(const sleeping_context &ctx, const disk_extent *packed, u32 count)
{
	if (count > extents_left_)
		return errc::unclean;
	extents_left_ -= count;
	crc_.add(packed, count * sizeof(*packed));
	for (const disk_extent *e = packed; e != packed + count; e++)
		ORIEL_TRY(blame_file(place_extent(ctx, map_.size(), {e->length, place::from_word(e->where)})));
	return {};
}

result<void> map_loader::end_extents()
{
	if (extents_left_ || crc_.value() != root_.map_crc || map_.size() != root_.logical_size)
		return errc::unclean;
	return {};
}

result<bool> map_loader::record(const sleeping_context &ctx, const disk_record &packed)
{
	if (!free_slots() || packed.sequence != next_sequence_)
		return false;
	const result<log_record> parsed = parse_record(packed, identity_);
	if (!parsed && parsed.failure() == errc::no_data)
		return false;
	if (!parsed)
		return errc::unclean;
	const log_record &r = parsed.value();
	if (r.physical_end > lower_size_)
		return errc::unclean;
	ORIEL_TRY(blame_file(space_.grow(ctx, r.physical_end)));
	ORIEL_TRY(blame_file(carry_out(ctx, r)));
	if (map_.size() != r.logical_size)
		return errc::unclean;
	next_sequence_++;
	return true;
}

result<void> map_loader::carry_out(const sleeping_context &ctx, const log_record &r)
{
	const auto release = [&](u64 physical, u64 length) { return space_.release(ctx, physical, length); };
	const bool has_kind = r.operation == log_operation::map || r.operation == log_operation::convert;
	const bool has_place = r.operation == log_operation::map && r.kind != extent_kind::hole;
	if ((!has_kind && r.kind != extent_kind::hole) || (!has_place && r.physical) || r.physical >= max_file_bytes)
		return errc::unclean;
	switch (r.operation) {
	case log_operation::collapse:
		return map_.collapse(ctx, r.offset, r.length, release);
	case log_operation::insert:
		return map_.insert(ctx, r.offset, r.length);
	case log_operation::map:
		return place_extent(ctx, r.offset, {r.length, place::at(r.physical, r.kind)});
	case log_operation::punch:
		return map_.punch(ctx, r.offset, r.length, release);
	case log_operation::resize:
		return r.length ? result<void>{errc::unclean} : map_.resize(ctx, r.offset, release);
	case log_operation::convert:
		return map_.convert(ctx, r.offset, r.length, r.kind);
	}
	return errc::unclean;
}

} // namespace oriel
