// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "verdict.hpp"

namespace oriel {

// A module that the running kernel has, and what is to be said of it.
struct surveyed_module {
	loaded_facts facts;
	std::size_t events = 0; // trace events that it brings
	verdict judged;
};

// All that are loaded, by name. Takes root to know all: without it, tracefs and oriel.ko tell nothing. `kernel` is the running one.
std::vector<surveyed_module> survey_modules(const kernel_facts &kernel);
// Only these.
std::vector<surveyed_module> survey_modules(const kernel_facts &kernel, const std::vector<std::string> &names);

} // namespace oriel
