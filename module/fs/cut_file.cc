// SPDX-License-Identifier: GPL-2.0
#include "fs/cut_file.h"

namespace oriel {
namespace {

/* Extents that an operation may add, and those for parts that were prepared before it. */
constexpr u32 margin = 64;
constexpr u32 most_slots = 4096;

oriel_cut_part part_of(u64 offset, const extent &e)
{
	return {.offset = offset,
		.length = e.length,
		.physical = e.where.is_hole() ? 0 : e.where.physical(),
		.kind = static_cast<u32>(e.where.kind()),
		.reserved = 0};
}
static_assert(static_cast<u32>(extent_kind::hole) == oriel_cut_hole && static_cast<u32>(extent_kind::data) == oriel_cut_data);

/* Without sequence number and sizes. */
log_record record(log_operation operation, u64 offset, u64 length, const place &where = {})
{
	return {.sequence = 0,
		.operation = operation,
		.kind = where.kind(),
		.offset = offset,
		.length = length,
		.physical = where.is_hole() ? 0 : where.physical(),
		.logical_size = 0,
		.physical_end = 0};
}

constexpr auto forget = [](u64, u64) { return result<void>{}; };

} // namespace

/* ---- looking ---- */

u32 cut_file::look(u64 offset, u64 length, oriel_cut_part *parts, u32 most) const
{
	u32 n = 0;
	static_cast<void>(map_.for_each(offset, length, [&](u64 at, const extent &e) -> result<void> {
		if (n == most)
			return errc::no_data;
		parts[n++] = part_of(at, e);
		return {};
	}));
	return n;
}

u64 cut_file::hole_at(u64 offset, u64 length) const
{
	const result<extent_map::found> f = map_.find(offset);
	if (!f)
		return length;
	if (!f.value().whole.where.is_hole())
		return 0;
	const u64 end = f.value().start + f.value().whole.length;
	return end == map_.size() || length < end - offset ? length : end - offset;
}

/* ---- changing the map ---- */

template <class F>
result<void> cut_file::change(const sleeping_context &ctx, log_record r, F apply)
{
	ORIEL_TRY(journal_.reserve(ctx));
	const journal::mark before = journal_.now();
	const result<void> done = apply([&](u64 physical, u64 length) { return journal_.free(ctx, {physical, length}); });
	if (!done) {
		journal_.undo(before);
		return done.failure();
	}
	r.logical_size = map_.size();
	r.physical_end = space_.end();
	journal_.add(r);
	return {};
}

result<void> cut_file::convert(const sleeping_context &ctx, u64 offset, u64 length, extent_kind kind)
{
	const extent_map::found f = ORIEL_TRY(map_.find(offset));
	const place where = place::at(f.whole.where.after(offset - f.start).physical(), kind);
	return change(ctx, record(log_operation::convert, offset, length, where),
		      [&](auto) { return map_.convert(ctx, offset, length, kind); });
}

result<void> cut_file::map_at(const sleeping_context &ctx, u64 offset, const extent &e)
{
	if (offset > map_.size())
		return map_behind(ctx, offset, e);
	return change(ctx, record(log_operation::map, offset, e.length, e.where),
		      [&](auto freed) { return map_.map(ctx, offset, e, freed); });
}

/* Two records, and both changes or none: making the file shorter again needs no memory. */
result<void> cut_file::map_behind(const sleeping_context &ctx, u64 offset, const extent &e)
{
	const u64 old_size = map_.size();
	ORIEL_TRY(journal_.reserve(ctx, 2));
	ORIEL_TRY(map_.resize(ctx, offset, forget));
	const result<void> done = map_.map(ctx, offset, e, forget);
	if (!done) {
		static_cast<void>(map_.resize(ctx, old_size, forget));
		return done.failure();
	}
	log_record r = record(log_operation::resize, offset, 0);
	r.logical_size = offset;
	r.physical_end = space_.end();
	journal_.add(r);
	r = record(log_operation::map, offset, e.length, e.where);
	r.logical_size = map_.size();
	r.physical_end = space_.end();
	journal_.add(r);
	return {};
}

/* ---- room ---- */

result<byte_range> cut_file::claim(const sleeping_context &ctx, u64 offset, u64 length, bool whole)
{
	u64 behind = offset == last_claim_.file_end ? last_claim_.lower_end : 0;
	const result<extent_map::found> before = offset ? map_.find(offset - 1) : result<extent_map::found>{errc::invalid};
	if (before && !before.value().whole.where.is_hole())
		behind = before.value().whole.where.after(offset - before.value().start).physical();
	const byte_range r =
		ORIEL_TRY(space_.claim(ctx, {.length = length, .behind = behind, .phase = offset % block_bytes, .whole = whole}));
	last_claim_ = {offset + r.bytes, r.end()};
	return r;
}

/* Areas grow when they are three quarters full; that there is no room for it is no failure before they are full. */
result<void> cut_file::make_room(const sleeping_context &ctx)
{
	const u32 room = journal_.extent_room(), need = map_.count() + margin;
	if (room < limit_ && (need > room || (need > room - room / 4 && need > refused_at_))) {
		const result<void> done = enlarge(ctx);
		refused_at_ = done ? 0 : need + room / 16;
		if (!done && need > room)
			return done.failure();
	}
	const result<void> thinned = need > limit_ ? thin_out(ctx) : result<void>{};
	if (map_.count() + margin / 2 <= limit_)
		return {};
	return thinned ? result<void>{errc::too_big} : result<void>{thinned.failure()};
}

/* Both areas and the log move to where they have twice the room. */
result<void> cut_file::enlarge(const sleeping_context &ctx)
{
	constexpr u64 most_bytes = lower_file::round_up(u64{max_extents} * sizeof(disk_extent));
	const root &now = journal_.layout();
	u64 area = lower_file::round_up(2 * sizeof(disk_extent) * (map_.count() + margin));
	area = area > most_bytes ? most_bytes : area;
	/* A checkpoint as large as the log, so that either costs the same. */
	u32 slots = static_cast<u32>(area / sizeof(disk_record));
	slots = slots > most_slots ? most_slots : slots;
	slots = slots < now.log_slots ? now.log_slots : slots;
	const byte_range all = ORIEL_TRY(space_.claim_blocks(ctx, 2 * area + u64{slots} * sizeof(disk_record)));
	const byte_range areas[2] = {{all.offset, area}, {all.offset + area, area}};
	const result<void> done = journal_.move(ctx, areas, areas[1].end(), slots);
	if (!done)
		static_cast<void>(space_.release(ctx, all));
	return done ? result<void>{} : result<void>{done.failure()};
}

/* ---- writing ---- */

result<u32> cut_file::prepare(const sleeping_context &ctx, u64 offset, u64 length, oriel_cut_part *parts, u32 most)
{
	if (!length || !most)
		return errc::invalid;
	if (!within_file(offset, length))
		return errc::file_too_big;
	u32 n = 0;
	for (u64 at = offset, end = offset + length; n < most && at < end; at += parts[n++].length) {
		const result<void> done = prepare_part(ctx, at, end - at, parts[n]);
		if (!done && !n)
			return done.failure();
		if (!done)
			break;
		unfinished_ += parts[n].length;
	}
	return n;
}

/* What is data already changes nothing in the map, and needs no room there. */
result<void> cut_file::prepare_part(const sleeping_context &ctx, u64 offset, u64 length, oriel_cut_part &part)
{
	if (look(offset, length, &part, 1) && part.kind == oriel_cut_data)
		return {};
	ORIEL_TRY(make_room(ctx));
	const u64 hole = hole_at(offset, length);
	if (!hole) {
		look(offset, length, &part, 1); /* once more, as what lay there may have been copied to make room */
		return {};
	}
	const byte_range r = ORIEL_TRY(claim(ctx, offset, hole, false));
	part = part_of(offset, {r.bytes, place::hole()});
	part.physical = r.offset;
	return {};
}

result<void> cut_file::written(const sleeping_context &ctx, const oriel_cut_part &part)
{
	journal_.note_data();
	const extent e{part.length, place::at(part.physical, extent_kind::data)};
	if (part.kind == oriel_cut_hole) {
		ORIEL_TRY(map_at(ctx, part.offset, e));
	} else if (part.kind == oriel_cut_unwritten) {
		const extent_map::found f = ORIEL_TRY(map_.find(part.offset));
		if (f.whole.where.after(part.offset - f.start) != place::at(part.physical, extent_kind::unwritten))
			return errc::invalid;
		ORIEL_TRY(convert(ctx, part.offset, part.length, extent_kind::data));
	}
	unfinished_ -= part.length;
	return {};
}

/* What memory does not suffice for stays claimed until the file is opened again. */
void cut_file::abandon(const sleeping_context &ctx, const oriel_cut_part &part)
{
	if (part.kind == oriel_cut_hole)
		static_cast<void>(space_.release(ctx, {part.physical, part.length}));
	unfinished_ -= part.length;
}

/* ---- operations ---- */

result<void> cut_file::collapse(const sleeping_context &ctx, u64 offset, u64 length)
{
	ORIEL_TRY(make_room(ctx));
	return change(ctx, record(log_operation::collapse, offset, length),
		      [&](auto freed) { return map_.collapse(ctx, offset, length, freed); });
}

result<void> cut_file::insert(const sleeping_context &ctx, u64 offset, u64 length)
{
	ORIEL_TRY(make_room(ctx));
	return change(ctx, record(log_operation::insert, offset, length), [&](auto) { return map_.insert(ctx, offset, length); });
}

result<void> cut_file::punch(const sleeping_context &ctx, u64 offset, u64 length)
{
	if (!length)
		return errc::invalid;
	if (offset >= map_.size())
		return {};
	length = length < map_.size() - offset ? length : map_.size() - offset;
	if (hole_at(offset, length) == length)
		return {};
	ORIEL_TRY(make_room(ctx));
	return change(ctx, record(log_operation::punch, offset, length),
		      [&](auto freed) { return map_.punch(ctx, offset, length, freed); });
}

result<void> cut_file::resize(const sleeping_context &ctx, u64 size)
{
	if (size == map_.size())
		return {};
	ORIEL_TRY(make_room(ctx));
	return change(ctx, record(log_operation::resize, size, 0), [&](auto freed) { return map_.resize(ctx, size, freed); });
}

/* Claims bytes, sets blocks aside for them, and puts them there; `done`: how many, all if `whole`. */
result<void> cut_file::map_unwritten(const sleeping_context &ctx, u64 offset, u64 length, bool whole, u64 &done)
{
	const byte_range r = ORIEL_TRY(claim(ctx, offset, length, whole));
	result<void> mapped = lower_.reserve(ctx, r);
	if (mapped)
		mapped = map_at(ctx, offset, {r.bytes, place::at(r.offset, extent_kind::unwritten)});
	if (!mapped)
		static_cast<void>(space_.release(ctx, r));
	done = r.bytes;
	return mapped ? result<void>{} : result<void>{mapped.failure()};
}

/* What of the range is to be changed: without `may_grow` nothing behind the end, perhaps nothing at all. */
result<void> cut_file::check_range(u64 offset, u64 &length, bool may_grow) const
{
	if (!length)
		return errc::invalid;
	if (!within_file(offset, length))
		return errc::file_too_big;
	const u64 behind = offset < map_.size() ? map_.size() - offset : 0;
	if (!may_grow && length > behind)
		length = behind;
	return {};
}

/* Within one extent its bytes become unwritten where they are.  Else all of the range moves, so that it happens at once. */
result<void> cut_file::zero(const sleeping_context &ctx, u64 offset, u64 length, bool may_grow)
{
	ORIEL_TRY(check_range(offset, length, may_grow));
	if (!length)
		return {};
	ORIEL_TRY(make_room(ctx));
	oriel_cut_part there;
	if (look(offset, length, &there, 1) && there.length == length && there.kind != oriel_cut_hole)
		return there.kind == oriel_cut_unwritten ? result<void>{} : convert(ctx, offset, length, extent_kind::unwritten);
	u64 done;
	return map_unwritten(ctx, offset, length, true, done);
}

result<void> cut_file::allocate(const sleeping_context &ctx, u64 offset, u64 length, bool may_grow)
{
	ORIEL_TRY(check_range(offset, length, may_grow));
	if (!length)
		return {};
	for (u64 at = offset, end = offset + length, done = 0; at < end; at += done) {
		const u64 hole = hole_at(at, end - at);
		oriel_cut_part there;
		if (hole) {
			ORIEL_TRY(make_room(ctx));
			ORIEL_TRY(map_unwritten(ctx, at, hole, false, done));
		} else {
			look(at, end - at, &there, 1);
			done = there.length;
		}
	}
	return {};
}

result<void> cut_file::sync(const sleeping_context &ctx)
{
	ORIEL_TRY(begin_sync(ctx));
	const result<void> done = commit(ctx);
	end_sync(ctx, static_cast<bool>(done));
	return done ? result<void>{} : result<void>{done.failure()};
}

} // namespace oriel
