// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "marker_glob.hpp"
#include "marker_inventory.hpp"
#include "marker_json.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct options {
	std::string glob;
	double interval_s = 0;
	std::uint64_t count = 0;
};

struct counters {
	std::uint64_t hits = 0, filtered = 0, limited = 0, lost = 0;

	counters operator-(const counters &from) const
	{
		return {hits - from.hits, filtered - from.filtered, limited - from.limited, lost - from.lost};
	}
};

using counts_by_name = std::map<std::string, counters>;

result<counts_by_name> read_counts(netlink_client &client, const std::string &glob)
{
	const auto found = read_inventory(client, glob.empty() ? std::vector<std::string>() : std::vector{full_pattern(glob)});
	if (!found)
		return found.failure();
	counts_by_name counts;
	for (const marker_message &marker : found->markers)
		counts[full_name(marker)] = {marker.hits, marker.filtered, marker.limited, marker.lost};
	return counts;
}

// What came since `before`; a marker that is new, or whose module came again, counts from 0.
counts_by_name since(const counts_by_name &now, const counts_by_name &before)
{
	counts_by_name differences;
	for (const auto &[name, count] : now) {
		const auto old = before.find(name);
		differences[name] = old == before.end() || old->second.hits > count.hits ? count : count - old->second;
	}
	return differences;
}

void print(context &ctx, const counts_by_name &counts, double interval_s)
{
	if (ctx.json) {
		ordered_json list = ordered_json::array();
		for (const auto &[name, count] : counts)
			list.push_back({{"name", name},
					{"hits", count.hits},
					{"filtered", count.filtered},
					{"limited", count.limited},
					{"lost", count.lost}});
		return print_json_line({{"version", 1},
					{"interval_s", interval_s > 0 ? ordered_json(interval_s) : ordered_json(nullptr)},
					{"markers", list}});
	}
	print_line(fmt::format("{:<32} {:>12} {:>12} {:>12} {:>12}", interval_s > 0 ? fmt::format("IN {} S", interval_s) : "NAME", "HITS",
			       "FILTERED", "LIMITED", "LOST"));
	for (const auto &[name, count] : counts)
		print_line(fmt::format("{:<32} {:>12} {:>12} {:>12} {:>12}", name, count.hits, count.filtered, count.limited, count.lost));
}

void stat(context &ctx, const options &opts)
{
	auto client = netlink_client::connect();
	if (!client)
		return report(ctx, client.failure());
	auto counts = read_counts(*client, opts.glob);
	if (!counts)
		return report(ctx, counts.failure());
	if (opts.interval_s <= 0)
		return print(ctx, *counts, 0);
	supervisor waiter;
	using namespace std::chrono;
	auto next = steady_clock::now();
	for (std::uint64_t n = 0; (opts.count == 0 || n < opts.count) && !output_is_gone(); n++) {
		next += duration_cast<steady_clock::duration>(duration<double>(opts.interval_s));
		while (!waiter.has_ended() && steady_clock::now() < next)
			waiter.wait({}, ceil<milliseconds>(next - steady_clock::now()));
		if (waiter.has_ended())
			return;
		auto now = read_counts(*client, opts.glob);
		if (!now)
			return report(ctx, now.failure());
		print(ctx, since(*now, *counts), opts.interval_s);
		counts = std::move(now);
	}
}

} // namespace

void add_marker_stat(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("stat", "Count how often markers fired while they were on, and what became of it");
	verb->add_option("GLOB", opts->glob, "Only those whose subsystem:event matches this shell pattern; without ':' a subsystem")
		->check(event_pattern());
	CLI::Option *interval =
		verb->add_option("--interval", opts->interval_s, "Print what came in each so many seconds, until interrupted")
			->type_name("SECONDS")
			->check(positive_number());
	verb->add_option("--count", opts->count, "End after so many intervals")->type_name("N")->check(positive_integer())->needs(interval);
	verb->callback([opts, &ctx] { stat(ctx, *opts); });
}

} // namespace oriel
