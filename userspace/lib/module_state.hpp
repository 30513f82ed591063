// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_survey.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace oriel {

// What a recording keeps of a module's verdict, and a report tells.
struct module_state {
	std::string name;
	std::string taints;       // letters; "?" where they are not known
	std::uint64_t events = 0; // trace events that it brings
	liveness tracing = liveness::none;
	severity verdict = severity::good;
	std::string summary;

	bool operator==(const module_state &) const = default;
};

struct module_states {
	std::uint64_t loaded = 0;       // all that were
	std::vector<module_state> told; // those that taint the kernel, and those whose trace events were dropped or may have been

	// Counts one, and keeps it if it is to be told.
	void add(module_state module);
	// What others were at another time; they win.
	void merge(const module_states &others);
};

module_state state_of(const surveyed_module &module);
// `told` of all of these; `loaded` is their number.
module_states states_of(const std::vector<surveyed_module> &modules);

// Of the running kernel. Only what taints it is judged: trace events are dropped of no other module.
module_states read_module_states();

} // namespace oriel
