/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fixed-width integers under the kernel's names, for the C++ core.  The kernel's u64 is unsigned long long; std::uint64_t is unsigned
 * long: equal in size, different for overload resolution, so the core uses the kernel's everywhere.
 */
#pragma once

#include <cstddef>

namespace oriel {

using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long long;
using s8 = signed char;
using s16 = short;
using s32 = int;
using s64 = long long;

} // namespace oriel
