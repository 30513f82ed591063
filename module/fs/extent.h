/* SPDX-License-Identifier: GPL-2.0 */
/* A run of bytes of a file, and where in the lower file it lies. */
#pragma once

#include "kcore/types.h"

namespace oriel {

/* Bytes.  No logical size and no end of a physical range is larger: what loff_t holds. */
inline constexpr u64 max_file_bytes = ~0ULL >> 1;

enum class extent_kind : u8 {
	hole,      /* no bytes in the lower file; reads as zeros */
	unwritten, /* has bytes in the lower file, which nobody has written yet; reads as zeros */
	data,
};

/* Extents of one file: 2 MiB packed, at most 4.2 MiB of memory. */
inline constexpr u32 max_extents = 131072;

struct byte_range {
	u64 offset;
	u64 bytes;

	constexpr u64 end() const { return offset + bytes; }
};

/* Slots of a log; each record may add two extents to those of the checkpoint. */
inline constexpr u32 max_log_slots = 65536;

/* Whether `length` bytes from `start` lie within max_file_bytes; a length of 0 does, too. */
constexpr bool within_file(u64 start, u64 length)
{
	return start <= max_file_bytes && length <= max_file_bytes - start;
}

/*
 * Where the bytes of an extent lie, in one word, as it is kept in memory and on disk: all ones is a hole, bit 63 set is unwritten, the rest
 * is the offset in the lower file.  No extent starts at max_file_bytes, as it would end behind it; so the forms cannot be mistaken.
 */
class place {
public:
	constexpr place() = default;
	static constexpr place hole() { return place{}; }
	static constexpr place at(u64 physical, extent_kind kind)
	{
		return from_word(kind == extent_kind::hole        ? all_ones
				 : kind == extent_kind::unwritten ? physical | unwritten_bit
								  : physical);
	}
	static constexpr place from_word(u64 word)
	{
		place p;
		p.word_ = word;
		return p;
	}
	constexpr u64 word() const { return word_; }

	constexpr extent_kind kind() const
	{
		return word_ == all_ones ? extent_kind::hole : word_ & unwritten_bit ? extent_kind::unwritten : extent_kind::data;
	}
	constexpr bool is_hole() const { return word_ == all_ones; }
	/* Byte offset in the lower file; of no meaning for a hole. */
	constexpr u64 physical() const { return word_ & ~unwritten_bit; }
	/* The place `bytes` further on. */
	constexpr place after(u64 bytes) const { return is_hole() ? *this : from_word(word_ + bytes); }
	constexpr bool operator==(const place &) const = default;

private:
	static constexpr u64 all_ones = ~0ULL;
	static constexpr u64 unwritten_bit = 1ULL << 63;

	u64 word_ = all_ones;
};

struct extent {
	u64 length = 0; /* bytes; not 0 but where said */
	place where;

	/* The part behind the first `bytes`, and the part before them; `bytes` is at most the length. */
	constexpr extent from(u64 bytes) const { return {length - bytes, where.after(bytes)}; }
	constexpr extent first(u64 bytes) const { return {bytes, where}; }
	/* Whether `next` goes on where this one ends, so that both are one extent. */
	constexpr bool joins(const extent &next) const { return where.after(length) == next.where; }
	/* Whether the physical range, if there is one, lies within max_file_bytes. */
	constexpr bool valid() const
	{
		return length && (where.is_hole() ? length <= max_file_bytes : within_file(where.physical(), length));
	}
	constexpr bool operator==(const extent &) const = default;
};

static_assert(place::at(5, extent_kind::unwritten).after(3) == place::at(8, extent_kind::unwritten));
static_assert(!place::at(max_file_bytes - 1, extent_kind::unwritten).is_hole());
static_assert(!extent{1, place::at(max_file_bytes, extent_kind::data)}.valid());

} // namespace oriel
