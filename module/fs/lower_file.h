/* SPDX-License-Identifier: GPL-2.0 */
/* The lower file of a cut one: okb_lower, with results.  Offsets and lengths in bytes.  Context: all may sleep and do I/O, but size(). */
#pragma once

#include "bindings/fs/okb_cut.h"
#include "fs/map_format.h"
#include "kcore/context.h"

namespace oriel {

class lower_file {
public:
	explicit lower_file(okb_lower *lower) : lower_(lower) {}

	u64 size() const { return okb_lower_size(lower_); }
	result<void> read(const sleeping_context &, u64 at, void *buffer, u64 length) const
	{
		return result<void>::from_kernel(okb_lower_read(lower_, at, buffer, static_cast<u32>(length)));
	}
	result<void> write(const sleeping_context &, u64 at, const void *buffer, u64 length) const
	{
		return result<void>::from_kernel(okb_lower_write(lower_, at, buffer, static_cast<u32>(length)));
	}
	result<void> flush(const sleeping_context &) const { return result<void>::from_kernel(okb_lower_flush(lower_)); }
	result<void> resize(const sleeping_context &, u64 size) const { return result<void>::from_kernel(okb_lower_resize(lower_, size)); }
	/* All or nothing, of bytes that nobody uses: a file system that was full in the middle keeps what it had found. */
	result<void> reserve(const sleeping_context &ctx, const byte_range &r) const
	{
		const int status = okb_lower_reserve(lower_, r.offset, r.bytes);
		if (status)
			punch(ctx, r);
		return result<void>::from_kernel(status);
	}
	/* Of the range only the whole blocks. */
	void punch(const sleeping_context &, const byte_range &r) const
	{
		const u64 start = round_up(r.offset), end = round_down(r.end());
		if (start < end)
			okb_lower_punch(lower_, start, end - start);
	}
	result<void> note(const sleeping_context &, u64 old_size, u64 new_size) const
	{
		return result<void>::from_kernel(okb_lower_note(lower_, old_size, new_size));
	}
	/* Whether there is one. */
	result<bool> read_note(const sleeping_context &, u64 &old_size, u64 &new_size) const
	{
		const auto status = result<void>::from_kernel(okb_lower_read_note(lower_, &old_size, &new_size));
		if (!status && !(status.failure() == errc::no_data))
			return status.failure();
		return static_cast<bool>(status);
	}
	void forget_note(const sleeping_context &) const { okb_lower_forget_note(lower_); }
	void tell(const okb_commit &commit) const { okb_lower_tell_commit(lower_, &commit); }
	void tell_copied(const byte_range &of_file, u32 extents) const
	{
		okb_lower_tell_copied(lower_, of_file.offset, of_file.bytes, extents);
	}

	/* To a multiple of block_bytes. */
	static constexpr u64 round_down(u64 bytes) { return bytes / block_bytes * block_bytes; }
	static constexpr u64 round_up(u64 bytes) { return (bytes + block_bytes - 1) / block_bytes * block_bytes; }

private:
	okb_lower *lower_;
};

/* A block on the heap, as the kernel's stack has no room for one. */
struct block_buffer {
	alignas(8) u8 bytes[block_bytes];

	template <class Block>
	Block &as()
	{
		static_assert(block_bytes % sizeof(Block) == 0 && alignof(Block) <= 8);
		return *reinterpret_cast<Block *>(bytes);
	}
};

} // namespace oriel
