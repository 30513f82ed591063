// SPDX-License-Identifier: GPL-2.0
// The reader of trace pages. Every record that it gives must lie inside the page.
#include "ring_page.hpp"

#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const auto *at = reinterpret_cast<const std::byte *>(data);
	const std::vector<std::byte> page(at, at + size);
	oriel::missed_events missed;
	oriel::read_ring_page(
		page,
		[&](std::uint64_t, oriel::byte_view record) {
			if (record.data() < page.data() || record.data() + record.size() > page.data() + page.size())
				std::abort();
		},
		missed);
	return 0;
}
