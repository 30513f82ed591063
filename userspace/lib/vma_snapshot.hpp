// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "vma_counters.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace oriel {

// What was counted in a stretch of time.
struct vma_snapshot {
	std::vector<oriel_vma_row> threads; // each that lives
	std::vector<oriel_vma_row> ended;   // each that has ended; or, with tid 0, all of a process that have
	std::array<std::uint64_t, oriel_vma_refusals> refused{};

	// Adds what was counted in another stretch; what names a row says is then that of the other.
	void add(const vma_snapshot &later);
	// One row for each thread, and, where they were not kept apart, one with tid 0 for all of a process that have ended.
	std::vector<oriel_vma_row> by_thread() const;
	// One row for each process, with all its threads; most lookups and faults first.
	std::vector<oriel_vma_row> by_process() const;
	// The same for each control group; of a row only the group and the counters count.
	std::vector<oriel_vma_row> by_cgroup() const;
	// The same in so many rows, or fewer: threads are added up by process, then of the least busy half of the rows all of a control group, at
	// last those of all that are left: rows of no process, "others", told apart by the group's id where a process has its start.
	vma_snapshot at_most(std::size_t rows) const;
	// Only the latter: at most so many rows, of control groups.
	vma_snapshot cgroups_at_most(std::size_t rows) const;
	oriel_vma_counters sum() const;
	std::uint64_t all_refused() const;
};

// What the rows of threads that have ended say that `told`, rows of the same threads when they lived, had not said before. A process of which
// there are several is in one row.
std::vector<oriel_vma_row> ended_since(const std::vector<oriel_vma_row> &ended, const std::vector<oriel_vma_row> &told);

} // namespace oriel
