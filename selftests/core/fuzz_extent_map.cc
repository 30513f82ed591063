// SPDX-License-Identifier: GPL-2.0
/* Any bytes as operations on a map: each does to it what it does to the model, or is refused and does nothing. */
#include <cstdio>
#include <cstdlib>

#include "fake_kernel.h"
#include "naive_map.h"

using namespace oriel;

namespace {

struct input {
	const u8 *at, *end;

	/* Runs dry to zeros. */
	u64 number(int bytes)
	{
		u64 n = 0;
		while (bytes--)
			n = n << 8 | (at == end ? 0 : *at++);
		return n;
	}
};

void demand(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8 *bytes, std::size_t size)
{
	const process_context ctx = mint::process();
	input in{bytes, bytes + size};
	const u64 first = in.number(1);
	/* Half of the maps begin with two levels of nodes, the others may hold few extents only. */
	const u32 start = first & 1 ? 200 : 0;
	extent_map map{start + static_cast<u32>(first * 2)};
	naive_map model;
	std::vector<u64> freed;
	const freed_bytes sink{freed};
	fake::reset();
	for (u64 i = 0; i < start; i++) {
		const extent e{1, place::at(2 * i, extent_kind::data)};
		demand(static_cast<bool>(map.map(ctx, i, e, sink)), "an extent is refused");
		model.replace(i, 0, e);
	}
	while (in.at != in.end) {
		const u64 what = in.number(1), at = in.number(2), length = in.number(1) & 0x3f;
		extent fresh{length, place::hole()};
		u64 removed = 0;
		fake::now.fail_allocation_in = what & 0x80 ? static_cast<long>(what >> 4 & 3) : -1;
		result<void> done;
		switch (what & 7) {
		case 0:
			done = map.collapse(ctx, at, removed = length, sink);
			fresh = {};
			break;
		case 1:
			done = map.insert(ctx, at, length);
			break;
		case 2:
			done = map.punch(ctx, at, removed = length, sink);
			break;
		case 3: {
			const u64 to = at & 0xfff, old = map.size();
			done = map.resize(ctx, to, sink);
			fresh.length = to > old ? to - old : 0;
			removed = to < old ? old - to : 0;
			if (done)
				model.replace(to > old ? old : to, removed, fresh);
			break;
		}
		case 4: {
			const u64 start = in.number(8), bytes = in.number(8);
			if (!map.collapse(ctx, start, bytes, sink))
				continue;
			demand(start < model.bytes.size() && bytes < model.bytes.size() - start, "a collapse outside of the file");
			model.replace(start, bytes, {});
			break;
		}
		default:
			fresh.where = place::at(in.number(1), what & 8 ? extent_kind::data : extent_kind::unwritten);
			removed = at > map.size() ? 0 : length < map.size() - at ? length : map.size() - at;
			done = map.map(ctx, at, fresh, sink);
		}
		if (done && (what & 7) != 3 && (what & 7) != 4)
			model.replace(at, removed, fresh);
		if (done)
			demand(freed == model.freed, "other bytes are freed");
		freed.clear();
		demand(map.size() == model.bytes.size(), "the sizes differ");
	}
	const std::string difference = model.compare(map);
	demand(difference.empty(), difference.c_str());
	map.clear();
	demand(fake::now.allocations == 0, "leaked");
	return 0;
}
