// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "marker_glob.hpp"
#include "marker_print.hpp"
#include "marker_record.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	std::vector<std::string> globs;
	std::string filter;
	std::string rate;
	std::string output;
	std::string format;
	double duration_s = 0;
	std::uint64_t count = 0;
	std::uint32_t buffer_kib = 0;
};

void print_summary(context &ctx, const options &opts, const record_summary &sum, bool json_lines)
{
	if (json_lines || ctx.json)
		print_json_line({{"version", 1},
				 {"type", "summary"},
				 {"events", sum.events},
				 {"lost", sum.lost},
				 {"filtered", sum.filtered},
				 {"limited", sum.limited},
				 {"file", opts.output.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(opts.output)}});
	fmt::print(stderr, "oriel: {} event{} recorded{}{}\n", sum.events, sum.events == 1 ? "" : "s",
		   opts.output.empty() ? "" : " in " + opts.output, sum.lost == 0 ? ", none lost" : fmt::format("; {} LOST", sum.lost));
	if (sum.lost != 0)
		fmt::print(stderr, "  remedy: larger buffers (--buffer KIB), a filter (--filter) or a rate limit (--rate)\n");
}

// Until the command ends, a signal comes, the time is over or the sink is full.
result<std::monostate> run(marker_recorder &recorder, supervisor &waiter, record_sink &sink, double duration_s)
{
	using std::chrono::milliseconds;
	const auto end = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(duration_s));
	while (!waiter.has_ended() && !sink.is_full()) {
		milliseconds longest(100); // the kernel wakes us for half-full buffers only
		if (duration_s > 0) {
			const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
			if (left.count() <= 0)
				break;
			longest = std::min(longest, left);
		}
		waiter.wait(recorder.descriptors(), longest);
		if (const auto pumped = recorder.pump(sink); !pumped)
			return pumped.failure();
	}
	return std::monostate{};
}

void record(context &ctx, const options &opts)
{
	record_request request{{}, opts.filter, 0, opts.buffer_kib, opts.output};
	const auto per_second = parse_rate(opts.rate);
	if (!per_second)
		return report(ctx, per_second.failure());
	request.per_second = *per_second;
	for (const std::string &glob : opts.globs)
		request.patterns.push_back(full_pattern(glob));
	const bool json_lines = opts.format == "json" || (opts.format.empty() && ctx.json && opts.output.empty());
	const bool text_lines = opts.format == "text" || (opts.format.empty() && !ctx.json && opts.output.empty());
	event_printer printer(json_lines ? event_printer::form::json : text_lines ? event_printer::form::text : event_printer::form::none,
			      opts.count);
	supervisor waiter;
	auto recorder = marker_recorder::start(request, printer);
	if (!recorder)
		return report(ctx, recorder.failure());
	if (recorder->events().empty())
		fmt::print(stderr, "oriel: nothing matches yet; what comes and matches will be recorded\n");
	if (!ctx.command.empty())
		if (const auto started = waiter.start(ctx.command); !started)
			return report(ctx, started.failure());
	const auto ran = run(*recorder, waiter, printer, opts.duration_s);
	const auto summary = recorder->finish(printer);
	if (!ran || !summary)
		return report(ctx, ran ? summary.failure() : ran.failure());
	print_summary(ctx, opts, *summary, json_lines);
	ctx.status = waiter.child_status().value_or(0);
}

} // namespace

void add_marker_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("record", "Record markers and dropped trace events, until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: record while the command runs, and exit with its status");
	verb->add_option("GLOB", opts->globs, "Shell patterns over subsystem:event; without ':' a subsystem")->required();
	verb->add_option("--filter", opts->filter, "Only events for which this holds, in ftrace's syntax: 'count > 3 && name ~ \"eth*\"'");
	verb->add_option("--rate", opts->rate, "At most so many events per second of each marker")->type_name("N/s");
	verb->add_option("-o,--output", opts->output, "Write a trace.dat, for trace-cmd report")->type_name("FILE");
	verb->add_option("--format", opts->format, "Print events as text (default without -o) or as a line of json each")
		->check(CLI::IsMember({"text", "json"}));
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->type_name("SECONDS")->check(CLI::PositiveNumber);
	verb->add_option("--count", opts->count, "End after so many events")->type_name("N")->check(CLI::PositiveNumber);
	verb->add_option("--buffer", opts->buffer_kib, "Size of each processor's buffer")->type_name("KIB")->check(CLI::PositiveNumber);
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
