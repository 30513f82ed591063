// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>
#include <vma_cache.h>

namespace oriel {

// The caches of ebpf/vma_cache.bpf.c once more, as plain as can be, over a recorded stream. That both find the same hits is the test of both.
class vma_model {
public:
	// Returns the hits of a lookup, a bit for each policy; 0 for what is no lookup.
	std::uint16_t take(const oriel_vma_record &record);

	std::uint64_t lookups() const { return lookups_; }
	const std::array<std::uint64_t, oriel_vma_policies> &hits() const { return hits_; }

private:
	// Slots for VMAs, chosen by a number; or, without a number, the last ones that were looked up.
	struct cache {
		std::vector<std::uint64_t> slots;

		bool look(std::uint64_t vma, std::uint64_t number, bool inside);
		bool look_recent(std::uint64_t vma, bool inside);
	};
	struct thread {
		std::uint64_t mm = 0, sequence = 0;
		std::array<cache, oriel_vma_policies> caches;

		void empty();
	};
	struct space {
		std::uint64_t sequence = 0, last = 0, largest = 0, largest_bytes = 0;
	};

	std::uint16_t look_up(const oriel_vma_record &record);

	std::unordered_map<std::uint32_t, thread> threads_;
	std::unordered_map<std::uint64_t, space> spaces_;
	std::uint64_t lookups_ = 0;
	std::array<std::uint64_t, oriel_vma_policies> hits_{};
};

} // namespace oriel
