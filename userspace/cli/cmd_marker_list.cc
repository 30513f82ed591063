// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "marker_glob.hpp"
#include "marker_inventory.hpp"
#include "marker_json.hpp"
#include "option_check.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

namespace oriel {
namespace {

constexpr const char *row_format = "{:<32} {:<7} {:<13} {:>5} {:>10}  {}\n";

std::string modules_of(const marker_message &marker)
{
	std::set<std::string> names;
	for (const site_message &site : marker.sites)
		names.insert(site.module);
	return fmt::format("{}", fmt::join(names, ","));
}

void print(const marker_inventory &found)
{
	if (!found.markers.empty() || !found.events.empty())
		fmt::print(row_format, "NAME", "KIND", "STATE", "SITES", "HITS", "MODULE");
	for (const marker_message &marker : found.markers)
		fmt::print(row_format, full_name(marker), "marker", state_of(marker), marker.site_count, marker.hits, modules_of(marker));
	for (const tainted_event &event : found.events)
		fmt::print(row_format, event.system.empty() ? "?" : event.full_name(), "event", to_string(event.standing), "-", "-",
			   event.module);
	for (const arm_message &arm : found.kept_arms)
		fmt::print("kept: {}{}{}: arms {} marker{}\n", arm.pattern,
			   arm.filter.empty() ? "" : fmt::format(" --filter '{}'", arm.filter),
			   arm.per_second ? fmt::format(" --rate {}/s", arm.per_second) : "", arm.markers, arm.markers == 1 ? "" : "s");
	for (const refusal_message &refusal : found.refusals)
		fmt::print("refused: {}{}{}: {}\n", refusal.module, refusal.marker.empty() ? "" : " ", refusal.marker, refusal.reason);
}

void list(context &ctx, const std::string &glob)
{
	auto client = netlink_client::connect();
	if (!client)
		return report(ctx, client.failure());
	const auto found = read_inventory(*client, glob.empty() ? std::vector<std::string>() : std::vector{full_pattern(glob)});
	if (!found)
		return report(ctx, found.failure());
	if (ctx.json)
		return print_json(inventory_to_json(*found));
	print(*found);
	if (found->markers.empty() && found->events.empty() && found->kept_arms.empty())
		fmt::print(stderr, "oriel: no module that is loaded has a marker{}, or trace events that the kernel dropped\n",
			   glob.empty() ? "" : " of this name");
}

} // namespace

void add_marker_list(CLI::App &noun, context &ctx)
{
	auto glob = std::make_shared<std::string>();
	CLI::App *verb = noun.add_subcommand("list", "List the markers, and the trace events of modules that taint the kernel");
	verb->add_option("GLOB", *glob, "Only those whose subsystem:event matches this shell pattern; without ':' a subsystem")
		->check(event_pattern());
	verb->callback([glob, &ctx] { list(ctx, *glob); });
}

} // namespace oriel
