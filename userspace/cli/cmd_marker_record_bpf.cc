// SPDX-License-Identifier: GPL-2.0
#include "bpf_raw.hpp"
#include "marker_glob.hpp"
#include "marker_recording.hpp"
#include "output.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

// What only typed events can do.
std::vector<std::string> unusable_options(const recording_options &opts)
{
	std::vector<std::string> names;
	if (!opts.filter.empty())
		names.emplace_back("--filter");
	if (!opts.rate.empty())
		names.emplace_back("--rate");
	if (!opts.output.empty())
		names.emplace_back("--output");
	return names;
}

result<std::vector<raw_tracepoint>> find_matching(const recording_options &opts)
{
	auto points = find_dropped_tracepoints();
	if (!points)
		return points.failure();
	const auto patterns = opts.patterns();
	std::erase_if(*points, [&](const raw_tracepoint &point) {
		return std::none_of(patterns.begin(), patterns.end(),
				    [&](const std::string &pattern) { return matches_pattern(pattern, point.full_name()); });
	});
	return points;
}

void tell_what_is_lost(const error &reason, const std::vector<raw_tracepoint> &points)
{
	std::vector<std::string> names;
	for (const raw_tracepoint &point : points)
		names.push_back(point.full_name());
	fmt::print(stderr, "oriel: {}: BPF raw tracepoints record {}\n", reason.message, fmt::join(names, ", "));
	fmt::print(stderr,
		   "  lost by that: the fields' names and types (the arguments come as 64-bit numbers, strings as addresses), markers,\n"
		   "  filters, rate limits, trace.dat, perf and tracefs, and what modules bring that load later\n");
	if (!reason.remedy.empty())
		fmt::print(stderr, "  remedy: {}\n", reason.remedy);
}

} // namespace

void record_by_bpf(context &ctx, const recording_options &opts, const error &reason)
{
	const auto points = find_matching(opts);
	if (!points)
		return report(ctx, points.failure());
	if (points->empty() && opts.bpf)
		return report(ctx, {"no dropped trace event of a loaded module matches"});
	if (points->empty())
		return report(ctx, reason);
	if (const auto names = unusable_options(opts); !names.empty())
		return report(ctx, {fmt::format("{}: without it there are only BPF raw tracepoints, which cannot do {}", reason.message,
						fmt::join(names, ", ")),
				    reason.remedy, exit_code::unsupported});
	tell_what_is_lost(reason, *points);
	supervisor waiter;
	event_printer printer(opts.form(ctx), opts.count);
	auto recorder = bpf_raw_recorder::start(*points, opts.buffer_kib);
	if (!recorder)
		return report(ctx, recorder.failure());
	if (!ctx.command.empty())
		if (const auto started = waiter.start(ctx.command); !started)
			return report(ctx, started.failure());
	const auto pump = [&]() -> result<std::monostate> {
		recorder->pump([&](const raw_event &event) { printer.raw(event); });
		return std::monostate{};
	};
	const auto ran = run_recording(waiter, printer, opts.duration_s, {recorder->descriptor()}, pump);
	if (!ran)
		return report(ctx, ran.failure());
	static_cast<void>(pump()); // what came since
	print_record_summary(ctx, opts, {printer.printed(), recorder->lost(), 0, 0, 0});
	waiter.wait_for_command(); // the recording may have ended sooner
	ctx.status = waiter.child_status().value_or(0);
}

} // namespace oriel
