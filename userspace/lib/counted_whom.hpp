// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace oriel {

// Whose events BPF programs count.
struct counted_whom {
	pid_t process = 0;              // only this one and what it starts; 0: everybody
	std::uint64_t cgroup = 0;       // only what runs in this one or below; 0: everybody
	std::uint32_t cgroup_level = 0; // how deep it lies; the root is 0
};

} // namespace oriel
