/* SPDX-License-Identifier: GPL-2.0 */
/* A map of a cut file as nobody would write it: one word for each byte.  What extent_map is compared with. */
#pragma once

#include <string>
#include <vector>

#include "fs/extent_map.h"

struct naive_map {
	using place = oriel::place;
	using extent = oriel::extent;

	std::vector<u64> bytes; /* place::word() of each */
	std::vector<u64> freed; /* offsets in the lower file that the last operation freed, in order */

	void replace(u64 offset, u64 removed, const extent &fresh)
	{
		const auto at = bytes.begin() + static_cast<long>(offset);
		const auto end = at + static_cast<long>(removed);
		freed.clear();
		for (auto byte = at; byte != end; ++byte)
			if (!place::from_word(*byte).is_hole())
				freed.push_back(place::from_word(*byte).physical());
		std::vector<u64> words(fresh.length);
		for (u64 i = 0; i < fresh.length; i++)
			words[i] = fresh.where.after(i).word();
		bytes.insert(bytes.erase(at, end), words.begin(), words.end());
	}

	std::vector<extent> extents() const
	{
		std::vector<extent> all;
		for (u64 word : bytes) {
			const extent byte{1, place::from_word(word)};
			if (all.empty() || !all.back().joins(byte))
				all.push_back(byte);
			else
				all.back().length++;
		}
		return all;
	}

	u64 allocated() const
	{
		u64 count = 0;
		for (u64 word : bytes)
			count += !place::from_word(word).is_hole();
		return count;
	}

	/* What differs, in words; empty if nothing does. */
	std::string compare(const oriel::extent_map &map) const
	{
		std::vector<extent> seen;
		u64 end = 0;
		bool in_order = true;
		const bool all = static_cast<bool>(map.for_each(0, ~0ULL, [&](u64 offset, const extent &part) {
			in_order = in_order && offset == end;
			end += part.length;
			seen.push_back(part);
			return oriel::result<void>{};
		}));
		const std::vector<extent> expected = extents();
		if (!all || !in_order)
			return "for_each does not go through the file in order";
		if (map.size() != bytes.size())
			return "size " + std::to_string(map.size()) + " instead of " + std::to_string(bytes.size());
		if (map.count() != expected.size())
			return std::to_string(map.count()) + " extents instead of " + std::to_string(expected.size());
		if (seen != expected)
			return "the extents differ";
		if (map.allocated() != allocated())
			return "allocated " + std::to_string(map.allocated()) + " instead of " + std::to_string(allocated());
		return "";
	}
};

/* A sink that lists each byte that is freed. */
struct freed_bytes {
	std::vector<u64> &list;

	oriel::result<void> operator()(u64 physical, u64 length) const
	{
		for (u64 i = 0; i < length; i++)
			list.push_back(physical + i);
		return {};
	}
};
