// SPDX-License-Identifier: GPL-2.0
/* Opening: what the lower file says of itself, and the first cut of one that says nothing. */
#include "fs/cut_file.h"
#include "fs/first_cut.h"
#include "fs/map_loader.h"

namespace oriel {
namespace {

/* The blocks 0 to 2, as they lie there. */
struct front {
	disk_header header;
	disk_root roots[2];
};
static_assert(sizeof(front) == front_bytes);

/* The checkpoint, piece by piece. */
result<void> read_map(const sleeping_context &ctx, lower_file lower, const root &r, map_loader &loader, block_buffer &buffer)
{
	constexpr u32 at_once = block_bytes / sizeof(disk_extent);
	for (u32 i = 0, n; i < r.extent_count; i += n) {
		n = r.extent_count - i < at_once ? r.extent_count - i : at_once;
		ORIEL_TRY(lower.read(ctx, r.map_area().offset + i * sizeof(disk_extent), buffer.bytes, n * sizeof(disk_extent)));
		ORIEL_TRY(loader.extents(ctx, &buffer.as<disk_extent>(), n));
	}
	return loader.end_extents();
}

/* The log, a block of slots at a time, as the log begins and ends with one. */
result<void> read_log(const sleeping_context &ctx, lower_file lower, map_loader &loader, block_buffer &buffer)
{
	u64 there = ~0ULL;
	while (loader.free_slots()) {
		const u64 slot = loader.next_slot(), block = slot / block_bytes * block_bytes;
		if (block != there)
			ORIEL_TRY(lower.read(ctx, block, buffer.bytes, block_bytes));
		there = block;
		const disk_record &record = (&buffer.as<disk_record>())[(slot - block) / sizeof(disk_record)];
		if (!ORIEL_TRY(loader.record(ctx, record)))
			break;
	}
	return {};
}

} // namespace

result<void> cut_file::load(const sleeping_context &ctx, const root &r, const file_identity &identity)
{
	const owned<block_buffer> buffer = ORIEL_TRY(make<block_buffer>(ctx));
	map_loader loader{map_, space_.map()};
	ORIEL_TRY(loader.begin(ctx, r, identity, lower_.size()));
	ORIEL_TRY(read_map(ctx, lower_, r, loader, *buffer));
	ORIEL_TRY(read_log(ctx, lower_, loader, *buffer));
	ORIEL_TRY(space_.start(ctx));
	journal_.start(r, identity);
	return {};
}

result<owned<cut_file>> cut_file::open(const sleeping_context &ctx, lower_file lower, u32 limit)
{
	const u64 size = lower.size();
	if (!is_cut_size(size))
		return owned<cut_file>{};
	owned<front> blocks = ORIEL_TRY(make<front>(ctx));
	ORIEL_TRY(lower.read(ctx, 0, blocks.get(), sizeof(front)));
	const result<file_identity> identity = parse_header(blocks->header);
	const bool magic = identity || !(identity.failure() == errc::no_data);
	const result<root> r = identity ? choose_root(blocks->roots, identity.value(), size) : result<root>{identity.failure()};
	if (!identity && (identity.failure() == errc::not_supported || checks_out(blocks->header)))
		return identity.failure();
	if (!r) {
		if (ORIEL_TRY(first_cut::recover(ctx, lower, magic)) || !magic)
			return owned<cut_file>{};
		return errc::unclean;
	}
	owned<cut_file> cut = ORIEL_TRY(make<cut_file>(ctx, lower, limit));
	ORIEL_TRY(cut->load(ctx, r.value(), identity.value()));
	return cut;
}

result<owned<cut_file>> cut_file::first(const sleeping_context &ctx, lower_file lower, u32 limit)
{
	first_cut step{lower};
	ORIEL_TRY(step.begin(ctx));
	owned<cut_file> cut = ORIEL_TRY(make<cut_file>(ctx, lower, limit));
	ORIEL_TRY(cut->begin(ctx, step));
	result<void> done = step.write_behind(ctx);
	if (done)
		done = step.write_front(ctx);
	if (!done) {
		ORIEL_TRY(step.put_back(ctx));
		return done.failure();
	}
	cut->journal_.start(step.checkpoint(), step.identity());
	return cut;
}

/* The map as it will be, before anything is written: only memory can be lacking. */
result<void> cut_file::begin(const sleeping_context &ctx, const first_cut &step)
{
	const root &r = step.checkpoint();
	map_loader loader{map_, space_.map()};
	ORIEL_TRY(loader.begin(ctx, r, step.identity(), r.physical_end));
	for (const extent &e : step.extents()) {
		if (!e.length)
			continue;
		ORIEL_TRY(space_.map().claim(ctx, e.where.physical(), e.length));
		ORIEL_TRY(map_.map(ctx, map_.size(), e, [](u64, u64) { return result<void>{}; }));
	}
	return {};
}

} // namespace oriel
