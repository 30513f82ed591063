/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds room in the lower file: behind what came before, then in a free run, then by letting the lower file grow.
 *
 * What is claimed is in use until it is released, in memory only; whoever releases sees to it that nothing durable names the bytes.
 * The lower file keeps the size of a cut one, whose last bytes are never claimed.
 * Locking: none; the caller excludes everybody.  Errors: no_space, no_memory, file_too_big, or the lower's.
 */
#pragma once

#include "fs/lower_file.h"
#include "fs/space_map.h"

namespace oriel {

class space_allocator {
public:
	explicit space_allocator(lower_file lower) : lower_(lower) {}

	/* To be filled by a map_loader, then start() takes the rest of the lower file in. */
	space_map &map() { return space_; }
	result<void> start(const sleeping_context &ctx);

	struct wish {
		u64 length;        /* bytes */
		u64 behind;        /* where the bytes before these end in the lower; 0: nowhere */
		u64 phase = 0;     /* start at an offset like this one, modulo block_bytes */
		bool whole = true; /* all in one run, else as much as there is */
	};
	/* The range is not empty. */
	result<byte_range> claim(const sleeping_context &ctx, const wish &w);
	/* A range of whole blocks, set aside in the lower, too. */
	result<byte_range> claim_blocks(const sleeping_context &ctx, u64 bytes);
	result<void> release(const sleeping_context &ctx, const byte_range &r);
	/* The range, which is in use, and what else of its first and last block could be claimed, as it was free. */
	byte_range widen(const sleeping_context &ctx, const byte_range &r);

	/* Makes one range of two in use that touch, or that share a block all of which between them could be claimed, as it was free. */
	bool join(const sleeping_context &ctx, byte_range &r, const byte_range &other);

	/* No byte from here on is in use. */
	u64 end() const { return space_.end(); }
	u64 memory() const { return space_.memory(); }

private:
	byte_range find(const wish &w);
	byte_range find_behind(const wish &w) const;
	byte_range find_largest() const;
	result<void> grow(const sleeping_context &ctx, u64 end);

	lower_file lower_;
	space_map space_;
	u64 cursor_ = 0; /* where the last search ended */
};

} // namespace oriel
