/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CRC-32C (Castagnoli), as in iSCSI, ext4 and btrfs: reflected, polynomial 0x1edc6f41, begun with ones, inverted at the end.
 * Half a byte at a time: a table of 64 bytes, about 3 ns a byte; the same code in the kernel and on the host.
 */
#pragma once

#include "kcore/types.h"

namespace oriel {

namespace detail {

struct crc32c_table {
	u32 of[16];
	constexpr crc32c_table() : of{}
	{
		for (u32 n = 0; n < 16; n++) {
			of[n] = n;
			for (int bit = 0; bit < 4; bit++)
				of[n] = of[n] >> 1 ^ (of[n] & 1 ? 0x82f63b78 : 0);
		}
	}
};
inline constexpr crc32c_table crc32c_nibbles{};

} // namespace detail

class crc32c {
public:
	/* Goes on where the last call ended. */
	constexpr crc32c &add(const void *data, std::size_t size)
	{
		const u8 *bytes = static_cast<const u8 *>(data);
		for (std::size_t i = 0; i < size; i++) {
			state_ ^= bytes[i];
			state_ = state_ >> 4 ^ detail::crc32c_nibbles.of[state_ & 15];
			state_ = state_ >> 4 ^ detail::crc32c_nibbles.of[state_ & 15];
		}
		return *this;
	}
	constexpr u32 value() const { return ~state_; }

private:
	u32 state_ = ~0U;
};

} // namespace oriel
