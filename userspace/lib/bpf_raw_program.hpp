// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <linux/bpf.h>
#include <vector>

namespace oriel {

// The most arguments that a tracepoint passes (MAX_BPF_FUNC_ARGS of the kernel).
inline constexpr unsigned max_raw_arguments = 12;

// What a program writes for one event.
struct raw_record {
	std::uint64_t time_ns;
	std::uint64_t pid_tgid; // process above, thread below
	std::uint32_t processor;
	std::uint32_t index; // which program
	char comm[16];
	std::uint64_t arguments[max_raw_arguments];
};

// A program for a raw tracepoint: one raw_record of so many arguments into the ring buffer, or one more in
// the first element of the array `lost_fd` if that is full.
std::vector<bpf_insn> make_raw_program(int ring_fd, int lost_fd, std::uint32_t index, unsigned arguments);

} // namespace oriel
