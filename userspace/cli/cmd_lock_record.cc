// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"
#include "lock_print.hpp"
#include "output.hpp"
#include "recording_lock.hpp"
#include "recording_module.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	lock_target target;
	std::string lock_class;
	std::string folded;
	std::string output;
	double duration_s = 0;
};

// Starts collecting before the command does anything.
result<std::monostate> start(context &ctx, const lock_request &request, supervisor &waiter, std::optional<lock_collector> &collector)
{
	const auto collect = [&](pid_t process) -> result<std::monostate> {
		lock_request wanted = request;
		wanted.process = process;
		auto started = lock_collector::start(wanted);
		if (!started)
			return started.failure();
		collector.emplace(std::move(*started));
		return std::monostate{};
	};
	return ctx.command.empty() ? collect(request.process) : waiter.start(ctx.command, collect);
}

void wait_for_end(supervisor &waiter, double duration_s)
{
	using namespace std::chrono;
	const auto end = steady_clock::now() + (duration_s > 0 ? ceil<milliseconds>(duration<double>(duration_s)) : hours(24 * 365));
	while (!waiter.has_ended() && steady_clock::now() < end)
		waiter.wait({}, std::min<milliseconds>(ceil<milliseconds>(end - steady_clock::now()), hours(1)));
}

result<std::monostate> write(recording_writer &writer, const lock_report &seen, std::uint64_t begin_ns, const context &ctx)
{
	recording_facts facts = facts_of_this_machine();
	facts["began_by"] = "oriel lock record";
	facts["command"] = fmt::format("{}", fmt::join(ctx.command, " "));
	if (const auto set = writer.set_facts(facts); !set)
		return set.failure();
	if (const auto added = writer.add_part(lock_recording_part()); !added)
		return added.failure();
	if (const auto set = writer.set_programs(lock_recording_part(), seen.programs, seen.unseen); !set)
		return set.failure();
	if (const auto added = writer.add_part(module_recording_part()); !added)
		return added.failure();
	constexpr double ns_in_s = 1e9;
	if (const auto begun = writer.begin_sample(begin_ns, static_cast<std::uint64_t>(seen.seconds * ns_in_s)); !begun)
		return begun.failure();
	if (const auto written = write_lock(writer, seen.counted, seen.cgroups); !written)
		return written.failure();
	if (const auto written = write_modules(writer, read_module_states()); !written)
		return written.failure();
	return writer.commit();
}

void record(context &ctx, const options &opts)
{
	if (opts.target.process != 0 && !ctx.command.empty())
		return report(ctx, {"--pid and a command exclude each other", "leave one out", exit_code::usage});
	const auto request = opts.target.request();
	if (!request)
		return report(ctx, request.failure());
	std::optional<recording_writer> writer;
	if (!opts.output.empty()) {
		auto created = recording_writer::create(opts.output);
		if (!created)
			return report(ctx, created.failure());
		writer.emplace(std::move(*created));
	}
	supervisor waiter;
	std::optional<lock_collector> collector;
	if (const auto started = start(ctx, *request, waiter, collector); !started)
		return report(ctx, started.failure());
	const auto began = steady_clock::now();
	const auto begin_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
	wait_for_end(waiter, opts.duration_s);
	const auto counted = collector->read();
	if (!counted)
		return report(ctx, counted.failure());
	lock_report seen{*counted, std::chrono::duration<double>(steady_clock::now() - began).count(), collector->unseen(),
			 collector->programs(), cgroup_tree::read()};
	if (writer)
		if (const auto written = write(*writer, seen, static_cast<std::uint64_t>(begin_ns.count()), ctx); !written)
			return report(ctx, written.failure());
	if (!opts.lock_class.empty())
		seen.counted.keep_class(opts.lock_class);
	if (ctx.json)
		print_json(to_json(seen));
	else
		print(seen);
	if (!opts.folded.empty())
		if (const auto written = write_folded(opts.folded, seen.counted); !written)
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
	opts->target.add_options(*verb);
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->check(CLI::PositiveNumber);
	add_lock_class(*verb, opts->lock_class);
	verb->add_option("--folded", opts->folded, "Write folded stacks, for a flame graph of the time waited")->type_name("FILE");
	verb->add_option("-o,--output", opts->output, "Write a recording, for oriel lock show and oriel report")->type_name("FILE");
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
