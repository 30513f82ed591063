// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "elf_file.hpp"

namespace oriel {

// A trace event as tracefs names it. A part that the file does not reveal is empty.
struct trace_event {
	std::string system;
	std::string name;

	bool is_named() const { return !system.empty() && !name.empty(); }
	bool operator==(const trace_event &) const = default;
};

struct tracepoint_facts {
	std::size_t tracepoints = 0; // DECLARE_TRACE and TRACE_EVENT alike
	std::vector<trace_event> events;
};

// What a module's file says of the tracepoints that it brings.
tracepoint_facts read_tracepoints(const elf_file &file);

} // namespace oriel
