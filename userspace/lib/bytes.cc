// SPDX-License-Identifier: GPL-2.0
#include "bytes.hpp"

#include <fmt/format.h>

namespace oriel {

std::string to_hex(byte_view data)
{
	std::string text;
	text.reserve(data.size() * 2);
	for (const std::byte byte : data)
		fmt::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(byte));
	return text;
}

} // namespace oriel
