// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"
#include "lock_collector.hpp"
#include "lock_print.hpp"
#include "output.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	pid_t process = 0;
	std::string cgroup;
	std::string lock_class;
	std::string folded;
	double duration_s = 0;
};

// Starts collecting before the command does anything.
result<std::monostate> start(context &ctx, const options &opts, const cgroup_place &group, supervisor &waiter,
			     std::optional<lock_collector> &collector)
{
	const auto collect = [&](pid_t process) -> result<std::monostate> {
		auto started = lock_collector::start({process, group.id, group.level});
		if (!started)
			return started.failure();
		collector.emplace(std::move(*started));
		return std::monostate{};
	};
	return ctx.command.empty() ? collect(opts.process) : waiter.start(ctx.command, collect);
}

void wait_for_end(supervisor &waiter, double duration_s)
{
	using namespace std::chrono;
	const auto end = steady_clock::now() + (duration_s > 0 ? ceil<milliseconds>(duration<double>(duration_s)) : hours(24 * 365));
	while (!waiter.has_ended() && steady_clock::now() < end)
		waiter.wait({}, std::min<milliseconds>(ceil<milliseconds>(end - steady_clock::now()), hours(1)));
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

void record(context &ctx, const options &opts)
{
	if (opts.process != 0 && !ctx.command.empty())
		return report(ctx, {"--pid and a command exclude each other", "leave one out", exit_code::usage});
	if (opts.process != 0 && ::kill(opts.process, 0) != 0 && errno == ESRCH)
		return report(ctx, {fmt::format("there is no process {}", opts.process)});
	cgroup_place group{};
	if (!opts.cgroup.empty()) {
		const auto found = cgroup_tree::read().find(opts.cgroup);
		if (!found)
			return report(ctx, found.failure());
		group = *found;
	}
	supervisor waiter;
	std::optional<lock_collector> collector;
	if (const auto started = start(ctx, opts, group, waiter, collector); !started)
		return report(ctx, started.failure());
	const auto began = steady_clock::now();
	wait_for_end(waiter, opts.duration_s);
	auto counted = collector->read();
	if (!counted)
		return report(ctx, counted.failure());
	if (!opts.lock_class.empty())
		counted->keep_class(opts.lock_class);
	const lock_report seen{*counted, std::chrono::duration<double>(steady_clock::now() - began).count(), collector->unseen(),
			       collector->programs(), cgroup_tree::read()};
	if (ctx.json)
		print_json(to_json(seen));
	else
		print(seen);
	if (!opts.folded.empty())
		if (const auto written = write_folded(opts.folded, *counted); !written)
			return report(ctx, written.failure());
	waiter.wait_for_command();
	ctx.status = waiter.child_status().value_or(0);
}

} // namespace

void add_lock_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("record", "Count waits for locks until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: count what the command and its children do, and exit with its status");
	CLI::Option *pid = verb->add_option("--pid", opts->process, "Only this process and what it starts")->check(CLI::PositiveNumber);
	verb->add_option("--cgroup", opts->cgroup, "Only what runs in this control group or below: a path or a unit's name")->excludes(pid);
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->check(CLI::PositiveNumber);
	std::vector<std::string> classes;
	for (const lock_class_name &known : lock_class_names)
		classes.emplace_back(known.name);
	verb->add_option("--class", opts->lock_class, "Only locks of this class")->check(CLI::IsMember(classes));
	verb->add_option("--folded", opts->folded, "Write folded stacks, for a flame graph of the time waited")->type_name("FILE");
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
