// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_tree.hpp"
#include "recording.hpp"
#include "vma_snapshot.hpp"

#include <limits>

namespace oriel {

// A row for each thread; where those that have ended were not kept apart, one with tid 0 for all of a process. Facts: "policies" and
// "has_real_cache", "1" or "0".
const recording_part &vma_recording_part();

// Into the sample that has begun: what was counted in it, not since the start.
result<std::monostate> write_vma(recording_writer &writer, const vma_snapshot &counted, const cgroup_tree &cgroups);

struct recorded_vma {
	vma_snapshot counted;
	cgroup_tree cgroups;
};

// What the samples with these numbers hold, added up by thread. Empty if the recording has no such part.
result<recorded_vma> read_vma(recording_reader &reader, std::uint64_t first = 0,
			      std::uint64_t last = std::numeric_limits<std::int64_t>::max());

} // namespace oriel
