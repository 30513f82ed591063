// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"
#include "marker_print.hpp"
#include "supervisor.hpp"

#include <functional>

namespace oriel {

// What `oriel marker record` was asked for.
struct recording_options {
	std::vector<std::string> globs;
	std::string filter;
	std::string rate;
	std::string output;
	std::string format;
	double duration_s = 0;
	std::uint64_t count = 0;
	std::uint32_t buffer_kib = 0;
	bool bpf = false;

	event_printer::form form(const context &ctx) const;
	std::vector<std::string> patterns() const;
};

// Calls `pump` whenever there may be something, until the user's command ends, a signal comes, the time is
// over or the printer is full.
result<std::monostate> run_recording(supervisor &waiter, const event_printer &printer, double duration_s,
				     const std::vector<int> &descriptors, const std::function<result<std::monostate>()> &pump);

void print_record_summary(const context &ctx, const recording_options &opts, const record_summary &sum);

// Records dropped trace events without oriel.ko. `reason`: why it is done so.
void record_by_bpf(context &ctx, const recording_options &opts, const error &reason);

} // namespace oriel
