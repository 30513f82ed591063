// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a life of a cut file: changes, syncs, power failures, calls that fail.  It is always one of the files that it may be.
 * Three bytes each: what happens, and where the random numbers for it begin.
 */
#include <cstdlib>

#include "cut_history.h"
#include "cut_image.h"

using namespace oriel;

namespace {

void step(cut_history &file, u32 what)
{
	switch (what) {
	case 16:
		file.lose_power_during(file.random() % 8, [&] { file.sync(); });
		return;
	case 17:
		file.sync([&] { change_at_random(file, file.random()); });
		return;
	case 18:
		return file.lose_power();
	case 19:
		file.lower().failure = file.random() % 2 ? -5 : -28;
		file.lower().fail_in = static_cast<long>(file.random() % 16);
		return;
	case 20:
		fake::now.fail_allocation_in = static_cast<long>(file.random() % 8);
		return;
	case 21:
		file.lower().capacity = file.random() % 2 ? 0 : 1ULL << 40;
		return;
	default:
		change_at_random(file, what);
	}
}

/* A small log and small areas. */
std::vector<u8> image()
{
	cut_image made;
	made.extents = {pack({100, place::at(cut_image::data, extent_kind::data)}), pack({5000, place::hole()}),
			pack({3000, place::at(cut_image::data + 200, extent_kind::unwritten)})};
	made.root.logical_size = 8100;
	made.root.extent_count = 3;
	made.root.log_first = 60;
	made.build();
	return made.bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8 *bytes, std::size_t size)
{
	if (size < 2)
		return 0;
	fake::reset();
	{
		const bool plain = bytes[0] & 1;
		cut_history file{plain ? std::vector<u8>(bytes[1] * 80U, 1) : image(), bytes[1]};
		plain ? static_cast<void>(file.first()) : file.open_image();
		for (const u8 *at = bytes + 2; at + 3 <= bytes + size && file.complaint.empty(); at += 3) {
			file.random.seed(at[1] * 256U + at[2]);
			step(file, at[0] % 22);
		}
		fake::now.fail_allocation_in = -1;
		file.check();
		if (!file.complaint.empty()) {
			fprintf(stderr, "%s\n", file.complaint.c_str());
			abort();
		}
	}
	if (fake::now.allocations)
		abort();
	return 0;
}
