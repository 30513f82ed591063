/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which bytes of the lower file are in use.  An extent_map turned round: its file is the lower one, free bytes are its holes, and a byte
 * in use maps to itself, so that neighbours become one extent.
 *
 * Locking and context: as extent_map's.
 */
#pragma once

#include "fs/extent_map.h"

namespace oriel {

class space_map {
public:
	/* Bytes from the start of the lower file that are watched; of them, those in use; memory in bytes. */
	u64 end() const { return map_.size(); }
	u64 used() const { return map_.allocated(); }
	u64 memory() const { return map_.memory(); }

	/* Watches the bytes before `end`, too; those that are new are free.  Fewer: invalid. */
	result<void> grow(const sleeping_context &ctx, u64 end);
	/* Watches only the bytes before `end`, which is not higher than end(); those behind must be free.  Allocates nothing. */
	void give_up(const sleeping_context &ctx, u64 end);
	/* All of the range must be free, else exists; invalid if it is empty or ends behind end(). */
	result<void> claim(const sleeping_context &ctx, u64 offset, u64 length);
	/* All of the range must be in use, else invalid. */
	result<void> release(const sleeping_context &ctx, u64 offset, u64 length);
	void clear() { map_.clear(); }

	/* The free bytes from `offset` on: none if that byte is in use or not watched. */
	byte_range free_at(u64 offset) const;
	/* The first free run at or behind `offset`; of no bytes, and at end(), if there is none. */
	byte_range next_free(u64 offset) const;
	/* The free bytes at the end; none if the last byte is in use. */
	byte_range last_free() const;

private:
	/* A run in use for each extent, and for the header, the log and the areas of the map; free bytes between them. */
	static constexpr u32 limit = 2 * (max_extents + 2 * max_log_slots + 16);

	bool is_all(u64 offset, u64 length, extent_kind kind) const;

	extent_map map_{limit};
};

} // namespace oriel
