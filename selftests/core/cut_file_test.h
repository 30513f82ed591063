/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of cut files share: nothing leaks, and some bytes to begin with. */
#pragma once

#include <cstdlib>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "fake_kernel.h"

/* As the core returns them. */
constexpr int io_error = -5, too_big = -7, no_memory = -12, busy = -16, invalid = -22, file_too_big = -27, no_space = -28,
	      not_supported = -95, unclean = -117;

inline std::vector<u8> some_bytes(u64 count, u32 seed = 1)
{
	std::mt19937 random{seed};
	std::vector<u8> bytes(count);
	for (u8 &byte : bytes)
		byte = static_cast<u8>(random());
	return bytes;
}

/* Longer by an environment variable: how often, and from which seed on. */
inline u32 number(const char *variable, u32 otherwise)
{
	const char *value = getenv(variable);
	return value ? static_cast<u32>(strtoul(value, nullptr, 10)) : otherwise;
}

struct cut_file_ : testing::Test {
	cut_file_() { fake::reset(); }
	~cut_file_() override { EXPECT_EQ(fake::now.allocations, 0) << "leaked"; }
};
