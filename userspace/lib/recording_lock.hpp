// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cgroup_tree.hpp"
#include "lock_snapshot.hpp"
#include "recording.hpp"

#include <array>
#include <limits>

namespace oriel {

// The reasons by enum oriel_lock_refusal, as recordings call them.
extern const std::array<const char *, oriel_lock_refusals> lock_refusal_names;

// A row for each set of waits that agree in lock, stack, processes and control group.
const recording_part &lock_recording_part();

// Into the sample that has begun: what was counted in it, not since the start.
result<std::monostate> write_lock(recording_writer &writer, const lock_snapshot &counted, const cgroup_tree &cgroups);

struct recorded_lock {
	lock_snapshot counted;
	cgroup_tree cgroups;
};

// What the samples with these numbers hold, added up. Empty if the recording has no such part.
result<recorded_lock> read_lock(recording_reader &reader, std::uint64_t first = 0,
				std::uint64_t last = std::numeric_limits<std::int64_t>::max());

} // namespace oriel
