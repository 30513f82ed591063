// SPDX-License-Identifier: GPL-2.0
#include "marker_recording.hpp"

#include "marker_glob.hpp"
#include "print_line.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {

// A trace.dat is output enough, unless a form is asked for.
event_printer::form recording_options::form(const context &ctx) const
{
	if (format == "json" || (format.empty() && ctx.json && output.empty()))
		return event_printer::form::json;
	return format == "text" || (format.empty() && output.empty()) ? event_printer::form::text : event_printer::form::none;
}

std::vector<std::string> recording_options::patterns() const
{
	std::vector<std::string> list;
	for (const std::string &glob : globs)
		list.push_back(full_pattern(glob));
	return list;
}

result<std::monostate> run_recording(supervisor &waiter, const event_printer &printer, double duration_s,
				     const std::vector<int> &descriptors, const std::function<result<std::monostate>()> &pump)
{
	using namespace std::chrono;
	const auto end = steady_clock::now() + duration_cast<steady_clock::duration>(duration<double>(duration_s));
	while (!waiter.has_ended() && !printer.is_full()) {
		milliseconds longest(100); // the kernel wakes us for buffers that are half full, no sooner
		if (duration_s > 0) {
			const auto left = ceil<milliseconds>(end - steady_clock::now());
			if (left.count() <= 0)
				break;
			longest = std::min(longest, left);
		}
		waiter.wait(descriptors, longest);
		if (const auto pumped = pump(); !pumped)
			return pumped.failure();
	}
	return std::monostate{};
}

namespace {

std::string counted_events(std::uint64_t number)
{
	return fmt::format("{} event{}", number, number == 1 ? "" : "s");
}

std::string describe_recording(std::uint64_t shown, const recording_options &opts, const record_summary &sum)
{
	if (opts.output.empty())
		return counted_events(shown) + " recorded";
	if (shown == sum.in_file)
		return fmt::format("{} recorded in {}", counted_events(shown), opts.output);
	return fmt::format("{} shown, {} recorded in {}", counted_events(shown), sum.in_file, opts.output);
}

} // namespace

void print_record_summary(const context &ctx, const recording_options &opts, const record_summary &sum)
{
	const auto form = opts.form(ctx);
	const std::uint64_t shown = form == event_printer::form::none ? sum.in_file : sum.events;
	if (ctx.json || form == event_printer::form::json)
		print_json_line(
			{{"version", 1},
			 {"type", "summary"},
			 {"events", shown},
			 {"lost", sum.lost},
			 {"filtered", sum.filtered},
			 {"limited", sum.limited},
			 {"file", opts.output.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(opts.output)},
			 {"events_in_file", opts.output.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(sum.in_file)}});
	fmt::print(stderr, "oriel: {}{}\n", describe_recording(shown, opts, sum),
		   sum.lost == 0 ? ", none lost" : fmt::format("; {} LOST", sum.lost));
	if (sum.lost != 0)
		fmt::print(stderr, "  remedy: larger buffers (--buffer KIB), a filter (--filter) or a rate limit (--rate)\n");
}

} // namespace oriel
