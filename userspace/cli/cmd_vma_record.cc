// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"
#include "output.hpp"
#include "supervisor.hpp"
#include "vma_print.hpp"
#include "vma_stream.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	pid_t process = 0;
	std::string cgroup;
	double duration_s = 0;
	bool policies = false;
	std::string stream;
};

// Starts collecting before the command does anything, so that its first fault is counted.
result<std::monostate> start(context &ctx, const options &opts, const cgroup_place &group, supervisor &waiter,
			     std::optional<vma_collector> &collector)
{
	const auto collect = [&](pid_t process) -> result<std::monostate> {
		auto started = vma_collector::start({process, group.id, group.level, opts.policies, !opts.stream.empty()});
		if (!started)
			return started.failure();
		collector.emplace(std::move(*started));
		return std::monostate{};
	};
	return ctx.command.empty() ? collect(opts.process) : waiter.start(ctx.command, collect);
}

void wait_for_end(supervisor &waiter, const vma_collector &collector, std::optional<vma_stream_writer> &stream, double duration_s)
{
	using namespace std::chrono;
	const auto end = steady_clock::now() + (duration_s > 0 ? ceil<milliseconds>(duration<double>(duration_s)) : hours(24 * 365));
	while (!waiter.has_ended() && steady_clock::now() < end) {
		if (stream)
			collector.pump([&](const oriel_vma_record &record) { stream->add(record); });
		waiter.wait(stream ? std::vector{collector.descriptor()} : std::vector<int>{},
			    std::min<milliseconds>(ceil<milliseconds>(end - steady_clock::now()), hours(1)));
	}
	if (stream)
		collector.pump([&](const oriel_vma_record &record) { stream->add(record); });
}

void record(context &ctx, options opts)
{
	opts.policies = opts.policies || !opts.stream.empty();
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
	std::optional<vma_stream_writer> stream;
	if (!opts.stream.empty()) {
		auto created = vma_stream_writer::create(opts.stream);
		if (!created)
			return report(ctx, created.failure());
		stream.emplace(std::move(*created));
	}
	supervisor waiter;
	std::optional<vma_collector> collector;
	if (const auto started = start(ctx, opts, group, waiter, collector); !started)
		return report(ctx, started.failure());
	const auto began = steady_clock::now();
	wait_for_end(waiter, *collector, stream, opts.duration_s);
	const auto counted = collector->take();
	if (!counted)
		return report(ctx, counted.failure());
	const vma_report seen{*counted,
			      std::chrono::duration<double>(steady_clock::now() - began).count(),
			      opts.policies,
			      collector->has_real_cache(),
			      collector->unseen(),
			      collector->programs(),
			      cgroup_tree::read()};
	if (ctx.json)
		print_json(to_json(seen));
	else
		print(seen);
	if (stream)
		if (const auto written = stream->finish(); !written)
			return report(ctx, written.failure());
	waiter.wait_for_command();
	ctx.status = waiter.child_status().value_or(0);
}

} // namespace

void add_vma_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("record", "Count page faults and lookups until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: count what the command and its children do, and exit with its status");
	CLI::Option *pid = verb->add_option("--pid", opts->process, "Only this process and what it starts")->check(CLI::PositiveNumber);
	verb->add_option("--cgroup", opts->cgroup, "Only what runs in this control group or below: a path or a unit's name")->excludes(pid);
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->check(CLI::PositiveNumber);
	verb->add_flag("--policies", opts->policies, "Simulate caches of mappings over the same lookups");
	verb->add_option("--stream", opts->stream, "Write every lookup to this file, for replay")->type_name("FILE");
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
