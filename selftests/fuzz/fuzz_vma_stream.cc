// SPDX-License-Identifier: GPL-2.0
// A recorded stream of lookups, and the model that replays it.
#include "vma_model.hpp"
#include "vma_stream.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	oriel::vma_model model;
	std::uint64_t lookups = 0;
	const auto read = oriel::read_vma_stream({reinterpret_cast<const std::byte *>(data), size}, [&](const oriel_vma_record &record) {
		model.take(record);
		lookups += record.kind == oriel_vma_record_lookup;
	});
	if (model.lookups() != lookups)
		std::abort();
	static_cast<void>(read);
	return 0;
}
