// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace oriel {

// What a kernel with CONFIG_PER_VMA_LOCK_STATS counts itself of page faults under a VMA's lock, on the whole system since it booted: the
// lines vma_lock_* of /proc/vmstat (mm/vmstat.c; what they count: lock_vma_under_rcu() and the architecture's fault handler).
struct vma_lock_stats {
	std::uint64_t success; // done under the VMA's lock
	std::uint64_t abort;   // no VMA could be locked: on under mmap_lock
	std::uint64_t retry;   // to be tried again under mmap_lock
	std::uint64_t miss;    // the VMA was replaced while it was locked: looked up again

	// Nothing where a line is not there or holds no number: other kernels have none.
	static std::optional<vma_lock_stats> parse(const std::string &vmstat);
	static std::optional<vma_lock_stats> read();
	vma_lock_stats since(const vma_lock_stats &before) const;
};

} // namespace oriel
