// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <string>

namespace oriel {

// What became of one BPF program.
struct program_state {
	std::string name;
	std::string hook; // "fexit/find_vma"
	bool attached = false;
	std::string reason;       // why not
	std::uint64_t misses = 0; // runs that the kernel left out, because a program ran on the processor already
	// While somebody has the kernel count them (bpf_enable_stats()):
	std::uint64_t runs = 0;
	std::uint64_t run_time_ns = 0;
};

} // namespace oriel
