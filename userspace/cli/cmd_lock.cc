// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"

#include "file_write.hpp"
#include "lock_print.hpp"
#include "option_check.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fstream>

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

void lock_options::add_to(CLI::App &verb)
{
	target.add_options(verb);
	constexpr std::uint64_t largest = 1 << 24;
	verb.add_option("--table-size", table_size, "Rows, and processes, between two readings, to have room for (16384)")
		->check(positive_integer(largest));
}

result<lock_request> lock_options::request(supervisor &waiter) const
{
	const auto found = target.find(waiter);
	if (!found)
		return found.failure();
	return lock_request{*found, table_size, false};
}

void add_lock_class(CLI::App &verb, std::string &lock_class)
{
	std::vector<std::string> classes;
	for (const lock_class_name &known : lock_class_names)
		classes.emplace_back(known.name);
	verb.add_option("--class", lock_class, "Print only locks of this class; a recording holds all")->check(CLI::IsMember(classes));
}

result<std::monostate> write_folded(const std::string &path, const lock_snapshot &counted)
{
	std::ofstream file(path);
	file << folded_stacks(counted);
	file.close();
	if (!file)
		return cannot_write(path, errno);
	return std::monostate{};
}

} // namespace oriel
