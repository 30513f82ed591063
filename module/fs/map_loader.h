/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds the map of a cut file from its checkpoint and its log, piece by piece as the caller reads them: no buffer holds all of it.
 *
 *   begin(root), extents() until the checkpoint is through, end_extents(), record() until it says that the log has ended.
 *
 * Everything is checked before it is used, the ranges of the lower file against each other, too: no two extents share a byte, with each
 * other or with the header, the map and the log.  Errors: unclean for whatever does not fit together, no_memory.  After an error
 * the maps are of no use.
 * Locking: none; nobody else has the maps yet.
 */
#pragma once

#include "fs/map_format.h"
#include "fs/space_map.h"

namespace oriel {

class map_loader {
public:
	/* Both maps are emptied by begin(), and outlive the loader. */
	map_loader(extent_map &map, space_map &space) : map_(map), space_(space) {}

	result<void> begin(const sleeping_context &ctx, const root &r, const file_identity &identity, u64 lower_size);
	/* The next `count` of the root's extent_count extents, from its map_area(). */
	result<void> extents(const sleeping_context &ctx, const disk_extent *packed, u32 count);
	result<void> end_extents();

	/* Offset in the lower file of the record that comes next, for record() and for whoever writes on. */
	u64 next_slot() const { return slot_offset(root_, next_sequence_); }
	u64 next_sequence() const { return next_sequence_; }
	/* Records that fit until a checkpoint is due. */
	u32 free_slots() const { return root_.log_slots - static_cast<u32>(next_sequence_ - root_.log_sequence); }
	/* Carries out the record: true.  False: it is none of this log, which ends here. */
	result<bool> record(const sleeping_context &ctx, const disk_record &packed);

private:
	result<void> place_extent(const sleeping_context &ctx, u64 offset, const extent &e);
	result<void> carry_out(const sleeping_context &ctx, const log_record &r);

	extent_map &map_;
	space_map &space_;
	root root_{};
	file_identity identity_{};
	u64 lower_size_ = 0;
	u64 next_sequence_ = 0;
	u32 extents_left_ = 0;
	crc32c crc_;
};

} // namespace oriel
