// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "exit_code.hpp"

#include <CLI/App.hpp>

namespace oriel {

// What the commands of one run share. A command reads the options and leaves its exit status.
struct context {
	bool json = false;
	int status = 0;

	void finish(exit_code code) { status = static_cast<int>(code); }
};

// One function per noun: adds its commands to the program. main.cc calls them.
void add_marker_commands(CLI::App &app, context &ctx);
void add_module_commands(CLI::App &app, context &ctx);
void add_status_command(CLI::App &app, context &ctx);

} // namespace oriel
