/* SPDX-License-Identifier: GPL-2.0 */
/* Room for a kernel object inside a C++ one; the C side asserts that the object fits (an empty struct has size 0 in C and 1 in C++). */
#pragma once

#include <cstddef>

namespace oriel {

template <std::size_t Size, std::size_t Align>
struct opaque {
	alignas(Align) unsigned char room[Size];
};

} // namespace oriel
