// SPDX-License-Identifier: GPL-2.0
/* Any bytes as a filter: refused with a reason, or evaluated. */
#include <cstdlib>

#include "fake_kernel.h"
#include "marker/filter.h"

using namespace oriel;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	static format layout;
	static filter f;
	const char *why = nullptr;
	if (!format::parse("n=%d u=%hhu name=%s big=%llu", layout, why))
		abort();
	why = nullptr;
	if (!filter::compile(text{reinterpret_cast<const char *>(data), size}, layout, f, why)) {
		if (!why || !*why)
			abort();
		return 0;
	}
	const u64 args[] = {static_cast<u64>(-1), 200, reinterpret_cast<u64>("eth0"), ~0ULL};
	static_cast<void>(f.passes(mint::nmi(), args));
	return 0;
}
