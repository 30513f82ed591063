// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"
#include "kernel_symbols.hpp"
#include "lock_snapshot.hpp"

#include <locks.h>

namespace oriel {

struct lock_request {
	pid_t process = 0;              // only this one and what it starts; 0: everybody
	std::uint64_t cgroup = 0;       // only what runs in this one or below; 0: everybody
	std::uint32_t cgroup_level = 0; // how deep it lies; the root is 0
};

// Counts waits for locks by BPF programs (ebpf/locks.bpf.c) while it lives.
class lock_collector {
public:
	static result<lock_collector> start(const lock_request &request);

	// Everything since the start.
	result<lock_snapshot> read();
	std::vector<program_state> programs() const { return programs_.states(); }
	// One sentence for each kind of wait that is not seen on this kernel.
	std::vector<std::string> unseen() const;

private:
	explicit lock_collector(bpf_programs programs) : programs_(std::move(programs)) {}

	result<std::monostate> tell_what_is_hooked() const;
	bool is_attached(const std::string &program) const;
	void take_symbols(kernel_symbols symbols, const std::string &modules);
	result<std::monostate> read_symbols();
	const std::string &stack_of(std::int32_t id);

	bpf_programs programs_;
	kernel_symbols symbols_;
	std::string modules_;                             // those that were loaded when the symbols were read
	std::pair<std::uint64_t, std::uint64_t> per_cpu_; // the symbols of what each processor has: the first, and behind the last
	std::map<std::int32_t, std::string> stacks_;      // as names, once read; the programs never use a number again
};

} // namespace oriel
