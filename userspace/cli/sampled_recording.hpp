// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording.hpp"

#include <chrono>
#include <functional>

namespace oriel {

// Samples of one part, one after the other, into a file. What cannot be written now goes into the next sample.
class sampled_recording {
public:
	static result<sampled_recording> create(const std::string &path, const recording_facts &facts, const recording_part &part);

	// The first sample begins now.
	void begin();

	struct state {
		std::vector<program_state> programs;
		std::vector<std::string> unseen;
		recording_facts facts; // besides those of the whole recording
	};
	// Ends the sample, which `fill` writes. If that fails, the file is as before and the sample goes on: `fill` then has to write the same,
	// and more, the next time.
	result<std::monostate> add(const state &now, const std::function<result<std::monostate>(recording_writer &)> &fill);

	// At the end: which modules were there.
	result<std::monostate> add_modules();

private:
	sampled_recording(recording_writer writer, const recording_part &part) : writer_(std::move(writer)), part_(&part) {}
	result<std::monostate> write(std::uint64_t begin_ns, std::chrono::nanoseconds length, const state &now,
				     const std::function<result<std::monostate>(recording_writer &)> &fill);

	recording_writer writer_;
	const recording_part *part_;
	std::uint64_t begin_ns_ = 0; // CLOCK_REALTIME
	std::chrono::steady_clock::time_point began_;
};

} // namespace oriel
