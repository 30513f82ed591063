// SPDX-License-Identifier: GPL-2.0
/* Any bytes as a format: refused with a reason, or laid out, packed and printed within its bounds. */
#include <cstdlib>
#include <vector>

#include "fake_kernel.h"
#include "marker/format.h"
#include "marker/record.h"

using namespace oriel;

struct okb_seq {
	std::string text;
};

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	static format f;
	const char *why = nullptr;
	if (!format::parse(text{reinterpret_cast<const char *>(data), size}, f, why)) {
		if (!why || !*why)
			abort();
		return 0;
	}
	static name<1536> printed;
	if (!f.count() || f.count() > OKB_EVENT_MAX_FIELDS || !f.print_format(printed))
		abort();
	u64 args[OKB_EVENT_MAX_FIELDS];
	for (u64 &a : args)
		a = reinterpret_cast<u64>("argument");
	record r{mint::nmi(), f, args};
	if (r.size() > OKB_EVENT_MAX_RECORD)
		abort();
	std::vector<u8> entry(r.size());
	r.pack(entry.data());
	/* Damaged anywhere, it is still printed within its bounds. */
	okb_seq seq;
	print_record(f, &seq, entry.data(), r.size());
	for (std::size_t i = 0; i < entry.size(); i += 3)
		entry[i] ^= static_cast<u8>(0x80 | i);
	print_record(f, &seq, entry.data(), r.size());
	return 0;
}
