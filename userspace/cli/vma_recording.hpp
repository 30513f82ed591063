// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording_module.hpp"
#include "recording_vma.hpp"
#include "vma_collector.hpp"

#include <chrono>
#include <optional>

namespace oriel {

// Samples of a collector, one after the other, into a file. What cannot be written now goes into the next sample.
class vma_recording {
public:
	static result<vma_recording> create(const std::string &path, const recording_facts &facts);

	// The first sample begins now.
	void begin();
	// Fails as write_vma() does; what was counted is kept for the next time.
	result<std::monostate> add(const vma_snapshot &counted, const vma_collector &collector);

	// At the end: which modules were there.
	result<std::monostate> add_modules(const module_states &modules);

private:
	explicit vma_recording(recording_writer writer) : writer_(std::move(writer)) {}
	result<std::monostate> write(std::uint64_t begin_ns, std::chrono::nanoseconds length, const vma_collector &collector);

	recording_writer writer_;
	vma_snapshot pending_;
	std::uint64_t begin_ns_ = 0; // CLOCK_REALTIME
	std::chrono::steady_clock::time_point began_;
};

} // namespace oriel
