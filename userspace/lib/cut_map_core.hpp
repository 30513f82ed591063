// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What the kernel side's code says of a lower file, in a name space of its own: both sides have a `result`, an `error` and more in oriel,
// and where this is made, the kernel's go by that name.
namespace cut_core {

enum class cut_state {
	plain,      // never cut: its bytes are what programs see
	cut,        // it carries a map
	unfinished, // a first cut was interrupted: the file is what it was before
	damaged,    // torn, changed or forged
	unknown,    // of a version, or with a feature, that this program does not know
};

enum class cut_kind { hole, unwritten, data };

// A run of bytes; all numbers are bytes.
struct cut_extent {
	std::uint64_t offset = 0; // in the file as programs see it
	std::uint64_t length = 0;
	cut_kind kind = cut_kind::hole;
	std::uint64_t physical = 0; // offset in the lower file; 0 for a hole

	bool operator==(const cut_extent &) const = default;
};

struct cut_map {
	cut_state state = cut_state::plain;
	std::string why; // of a damaged or unknown one: what of it
	std::uint64_t lower_size = 0;
	std::uint64_t size = 0;       // bytes that programs see
	std::uint64_t checkpoint = 0; // of a cut one: the number of its root
	std::uint64_t records = 0;    // of a cut one: changes behind that
	std::vector<cut_extent> extents;

	bool readable() const { return state != cut_state::damaged && state != cut_state::unknown; }
};

// Whether a lower file of that size may be a cut one; any other is plain, and need not be opened.
bool may_be_cut(std::uint64_t lower_size);

// 0, or the errno of reading, or ENOMEM.
int read_map(int fd, std::uint64_t lower_size, cut_map &out);

} // namespace cut_core
