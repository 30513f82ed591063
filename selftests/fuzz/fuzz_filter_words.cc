// SPDX-License-Identifier: GPL-2.0
// A filter as it is typed: no word of it may lead out of it, and what stands at the end is judged like the rest.
#include "marker_filter.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string text(reinterpret_cast<const char *>(data), size);
	text = text.substr(0, text.find('\0'));
	// A space at the end changes nothing.
	if (text.size() < 255 && oriel::filter_refusal(text).empty() != oriel::filter_refusal(text + " ").empty() &&
	    text.find_first_of("\"'") == std::string::npos)
		std::abort();
	static_cast<void>(oriel::missing_keys(text, "a=%d b=%s"));
	return 0;
}
