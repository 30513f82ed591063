// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"

#include "lock_print.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <system_error>

namespace oriel {

void add_lock_commands(CLI::App &app, context &ctx)
{
	CLI::App *noun = app.add_subcommand("lock", "See who waits for which locks of the kernel, how long, and for whom");
	noun->require_subcommand(1);
	noun->fallthrough();
	add_lock_record(*noun, ctx);
	add_lock_show(*noun, ctx);
	add_lock_top(*noun, ctx);
}

void lock_target::add_options(CLI::App &verb)
{
	CLI::Option *pid = verb.add_option("--pid", process, "Only this process and what it starts")->check(CLI::PositiveNumber);
	verb.add_option("--cgroup", cgroup, "Only what runs in this control group or below: a path or a unit's name")->excludes(pid);
}

result<lock_request> lock_target::request() const
{
	if (process != 0 && ::kill(process, 0) != 0 && errno == ESRCH)
		return error{fmt::format("there is no process {}", process)};
	if (cgroup.empty())
		return lock_request{process, 0, 0};
	const auto group = cgroup_tree::read().find(cgroup);
	if (!group)
		return group.failure();
	return lock_request{0, group->id, group->level};
}

void add_lock_class(CLI::App &verb, std::string &lock_class)
{
	std::vector<std::string> classes;
	for (const lock_class_name &known : lock_class_names)
		classes.emplace_back(known.name);
	verb.add_option("--class", lock_class, "Only locks of this class")->check(CLI::IsMember(classes));
}

result<std::monostate> write_folded(const std::string &path, const lock_snapshot &counted)
{
	std::ofstream file(path);
	file << folded_stacks(counted);
	file.close();
	if (!file)
		return error{fmt::format("{} cannot be written: {}", path, std::generic_category().message(errno))};
	return std::monostate{};
}

} // namespace oriel
