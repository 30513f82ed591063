// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>

namespace oriel {

// Which recording a command reads, and how much of it.
struct recording_choice {
	std::string file;                 // empty: orield's
	std::chrono::nanoseconds last{0}; // 0: all
};

// The argument FILE and the option --last.
void add_recording_choice(CLI::App &verb, recording_choice &choice);
// --last alone.
void add_last(CLI::App &verb, std::chrono::nanoseconds &last);

result<recording_reader> open_recording(const recording_choice &choice);

} // namespace oriel
