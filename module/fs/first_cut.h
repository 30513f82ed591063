/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a plain file to a cut one, and back if that is interrupted: rule 1 of Documentation/reference/orielfs-format.md.
 *
 *   begin(), then the caller makes ready whatever needs memory, write_behind(), write_front(); put_back() after a failure.
 *
 * Locking: nobody else uses the lower file.  Context: does I/O.
 */
#pragma once

#include "fs/extent_map.h"
#include "fs/lower_file.h"

namespace oriel {

class first_cut {
public:
	explicit first_cut(lower_file lower) : lower_(lower) {}

	/* Where everything will be, and what the file will consist of.  Changes nothing.  file_too_big. */
	result<void> begin(const sleeping_context &ctx);
	const root &checkpoint() const { return root_; }
	const file_identity &identity() const { return identity_; }
	/* At most two extents, some of them without bytes. */
	const extent (&extents() const)[2] { return extents_; }

	/* All but the front; the file can still be read as it was. */
	result<void> write_behind(const sleeping_context &ctx);
	/* Then it is a cut file. */
	result<void> write_front(const sleeping_context &ctx);
	/* Makes the file what it was, after a failure.  unclean: it could not be done. */
	result<void> put_back(const sleeping_context &ctx);

	/*
	 * Whether a first cut was interrupted, of which now nothing is left.  For a file of a cut one's size, the front of which is not whole;
	 * `magic`: it begins with the magic number of a header, though.
	 */
	static result<bool> recover(const sleeping_context &ctx, lower_file lower, bool magic);

private:
	u64 new_size() const { return root_.physical_end + size_mark; }
	result<void> copy(const sleeping_context &ctx, block_buffer &buffer, u32 &crc);
	result<void> write_zeros(const sleeping_context &ctx, block_buffer &buffer, const byte_range &r);
	static result<bool> has_empty_log(const sleeping_context &ctx, lower_file lower, u64 old_size, block_buffer &buffer);
	static result<bool> is_copy(const sleeping_context &ctx, lower_file lower, u64 at, const intent &i, block_buffer &buffer);
	static result<void> restore(const sleeping_context &ctx, lower_file lower, const intent &i, block_buffer &buffer);
	static result<void> shorten(const sleeping_context &ctx, lower_file lower, u64 size);

	lower_file lower_;
	file_identity identity_{};
	root root_{};
	intent intent_{};
	extent extents_[2];
	bool noted_ = false;         /* there may be a note */
	bool grown_ = false;         /* the lower may be longer */
	bool front_written_ = false; /* and so has write_front() */
};

} // namespace oriel
