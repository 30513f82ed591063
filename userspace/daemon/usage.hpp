// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "program_state.hpp"
#include "unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace oriel {

// How much of a processor the daemon takes, with what its BPF programs take in the context of others.
class usage {
public:
	// `programs`: has the kernel time BPF programs while this lives; where it may not, only the daemon itself is measured.
	explicit usage(bool programs);

	bool times_programs() const { return static_cast<bool>(stats_); }
	// Percent of one processor since the last call; `programs` are all that run now.
	double measure(const std::vector<program_state> &programs);
	// What passed until now is not counted: starting costs once.
	void forget(const std::vector<program_state> &programs);

	double own_seconds() const;           // since the process began
	double program_seconds() const;       // of all programs that there were
	std::uint64_t resident_bytes() const; // of the process

private:
	std::uint64_t new_program_ns(const std::vector<program_state> &programs);

	unique_fd stats_;
	std::chrono::steady_clock::time_point at_;
	double own_before_ = 0;
	std::map<std::string, std::uint64_t> programs_before_; // ns
	std::uint64_t programs_ns_ = 0;
};

} // namespace oriel
