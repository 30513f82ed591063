/* SPDX-License-Identifier: GPL-2.0 */
/* An integer as it lies on disk: little-endian, at any address. */
#pragma once

#include "kcore/types.h"

namespace oriel {

template <class T>
class little_endian {
public:
	constexpr little_endian() = default;
	constexpr little_endian(T value)
	{
		for (std::size_t i = 0; i < sizeof(T); i++)
			bytes_[i] = static_cast<u8>(value >> 8 * i);
	}
	constexpr operator T() const
	{
		T value = 0;
		for (std::size_t i = 0; i < sizeof(T); i++)
			value |= static_cast<T>(bytes_[i]) << 8 * i;
		return value;
	}

private:
	u8 bytes_[sizeof(T)] = {};
};

using le32 = little_endian<u32>;
using le64 = little_endian<u64>;

} // namespace oriel
