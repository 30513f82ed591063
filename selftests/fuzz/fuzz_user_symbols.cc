// SPDX-License-Identifier: GPL-2.0
// A program whose functions are to be named, which anybody may have made.
#include "user_symbols.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const oriel::user_symbols symbols = oriel::user_symbols::parse(data, size);
	for (std::uint64_t offset = 0; offset < size; offset += 64)
		if (!symbols.name_at(offset).empty() && symbols.is_empty())
			std::abort();
	return 0;
}
