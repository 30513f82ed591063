// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "exit_code.hpp"

#include <CLI/App.hpp>
#include <map>
#include <string>
#include <vector>

namespace oriel {

// What the commands of one run share. A command reads the options and leaves its exit status.
struct context {
	bool json = false;
	int status = 0;
	// What stood behind "--" for a command that runs another.
	std::vector<std::string> command;
	// Of commands that do not end with exit_code::usage when they are called wrongly.
	std::map<const CLI::App *, int> usage_status;

	void finish(exit_code code) { status = static_cast<int>(code); }
	// As finish(), but where another command was to be run, its statuses are kept free for it.
	void fail(exit_code code)
	{
		const bool for_wrappers = code >= exit_code::wrapper_failed;
		finish(command.empty() || for_wrappers ? code : exit_code::wrapper_failed);
	}
};

// One function per noun: adds its commands to the program. main.cc calls them.
void add_cgroup_commands(CLI::App &app, context &ctx);
void add_completion_command(CLI::App &app, context &ctx);
void add_fs_commands(CLI::App &app, context &ctx);
void add_load_commands(CLI::App &app, context &ctx);
void add_lock_commands(CLI::App &app, context &ctx);
void add_marker_commands(CLI::App &app, context &ctx);
void add_module_commands(CLI::App &app, context &ctx);
void add_report_command(CLI::App &app, context &ctx);
void add_status_command(CLI::App &app, context &ctx);
void add_vma_commands(CLI::App &app, context &ctx);

} // namespace oriel
