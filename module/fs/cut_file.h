/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cut file that is open: the map, the room in the lower file, and the journal that makes changes durable.
 *
 * What each function promises, its errors and its locking stand in bindings/fs/okb_cut.h, under the name oriel_cut_*.
 */
#pragma once

#include "fs/journal.h"

namespace oriel {

class first_cut;

class cut_file {
public:
	/* None for a plain file.  `limit`: extents that it may have. */
	static result<owned<cut_file>> open(const sleeping_context &ctx, lower_file lower, u32 limit = max_extents);
	static result<owned<cut_file>> first(const sleeping_context &ctx, lower_file lower, u32 limit = max_extents);

	/* What is read may have more extents, as the limit is one of checkpoints and a log comes behind it. */
	cut_file(lower_file lower, u32 limit)
	    : lower_(lower), map_(limit + 2 * max_log_slots), space_(lower), journal_(lower), limit_(limit)
	{
	}

	const extent_map &map() const { return map_; }
	u64 memory() const { return sizeof(*this) + map_.memory() + space_.memory() + journal_.memory(); }
	u64 pending() const { return journal_.pending(); }
	bool wants_sync() const { return journal_.is_long(); }
	u64 moved() const { return moved_; }
	u32 look(u64 offset, u64 length, oriel_cut_part *parts, u32 most) const;

	result<u32> prepare(const sleeping_context &ctx, u64 offset, u64 length, oriel_cut_part *parts, u32 most);
	result<void> written(const sleeping_context &ctx, const oriel_cut_part &part);
	void abandon(const sleeping_context &ctx, const oriel_cut_part &part);

	result<void> collapse(const sleeping_context &ctx, u64 offset, u64 length);
	result<void> insert(const sleeping_context &ctx, u64 offset, u64 length);
	result<void> punch(const sleeping_context &ctx, u64 offset, u64 length);
	result<void> zero(const sleeping_context &ctx, u64 offset, u64 length, bool may_grow);
	result<void> allocate(const sleeping_context &ctx, u64 offset, u64 length, bool may_grow);
	result<void> resize(const sleeping_context &ctx, u64 size);
	/* Whether there is more to do, from `offset` on. */
	result<bool> compact(const sleeping_context &ctx, u64 &offset) { return compact(ctx, offset, small_extent); }

	result<void> begin_sync(const sleeping_context &ctx) { return journal_.begin(ctx, map_, space_); }
	result<void> commit(const sleeping_context &ctx) { return journal_.commit(ctx); }
	void end_sync(const sleeping_context &ctx, bool durable) { journal_.end(ctx, durable, space_); }
	result<void> sync(const sleeping_context &ctx);

private:
	/* Extents of less bytes are worth copying together with their neighbours. */
	static constexpr u64 small_extent = 64 << 10;

	/* cut_open.cc */
	result<void> load(const sleeping_context &ctx, const root &r, const file_identity &identity);
	result<void> begin(const sleeping_context &ctx, const first_cut &step);

	/* apply(freed) changes the map, where `freed` is what the map's operations want; `r` says so in the log, its sizes are filled in. */
	template <class F>
	result<void> change(const sleeping_context &ctx, log_record r, F apply);
	result<void> check_range(u64 offset, u64 &length, bool may_grow) const;
	result<void> convert(const sleeping_context &ctx, u64 offset, u64 length, extent_kind kind);
	/* Also behind the end: then comes a hole first.  The bytes have been claimed. */
	result<void> map_at(const sleeping_context &ctx, u64 offset, const extent &e);
	result<void> map_behind(const sleeping_context &ctx, u64 offset, const extent &e);
	result<void> map_unwritten(const sleeping_context &ctx, u64 offset, u64 length, bool whole, u64 &done);

	result<byte_range> claim(const sleeping_context &ctx, u64 offset, u64 length, bool whole);
	result<void> prepare_part(const sleeping_context &ctx, u64 offset, u64 length, oriel_cut_part &part);
	/* How many bytes from `offset` on are in no extent with bytes; behind the end there are as many as one likes. */
	u64 hole_at(u64 offset, u64 length) const;

	/* Before an operation: room for the extents that it may add. */
	result<void> make_room(const sleeping_context &ctx);
	result<void> enlarge(const sleeping_context &ctx);

	/* cut_compact.cc */
	struct window;
	window find_window(u64 offset, u64 small) const;
	result<bool> compact(const sleeping_context &ctx, u64 &offset, u64 small);
	result<void> gather(const sleeping_context &ctx, const window &w);
	/* busy: parts are unfinished. */
	result<void> thin_out(const sleeping_context &ctx);

	lower_file lower_;
	extent_map map_;
	space_allocator space_;
	journal journal_;
	u32 limit_;
	u32 refused_at_ = 0; /* extents when there was no room for larger areas */
	u64 moved_ = 0;      /* times that bytes were copied together */
	u64 unfinished_ = 0; /* bytes prepared, and neither written nor abandoned */
	struct {
		u64 file_end, lower_end;
	} last_claim_{}; /* so that what is written piece by piece lies in one piece */
};

} // namespace oriel
