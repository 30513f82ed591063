// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "kernel_facts.hpp"
#include "marker_inventory.hpp"
#include "marker_json.hpp"
#include "output.hpp"
#include "tracefs.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

void print_field(const char *name, const std::string &value)
{
	fmt::print("  {:<9} {}\n", name, value);
}

std::string tracefs_path(const std::string &system, const std::string &event)
{
	const auto tracefs = find_tracefs();
	return ((tracefs ? *tracefs : std::filesystem::path("/sys/kernel/tracing")) / "events" / system / event).string();
}

void print(const marker_message &marker)
{
	fmt::print("{}: a marker, {}\n", full_name(marker), state_of(marker));
	print_field("format", marker.format.empty() ? "none: it records the line that it stands on" : marker.format);
	print_field("hits", fmt::format("{} while on; of these {} filtered, {} over a rate limit, {} lost", marker.hits, marker.filtered,
					marker.limited, marker.lost));
	print_field("tracefs",
		    marker.has_event ? tracefs_path(marker.subsystem, marker.event) : "its event is made when it is armed first");
	for (const site_message &site : marker.sites)
		print_field("site", fmt::format("{}  {}:{}", site.module, site.file, site.line));
	if (marker.site_count > marker.sites.size())
		print_field("site", fmt::format("and {} more", marker.site_count - marker.sites.size()));
}

void print(const tainted_event &event)
{
	fmt::print("{}: a trace event of {}, {}\n", event.full_name(), event.module, to_string(event.standing));
	print_field("taint", fmt::format("{} ({})", event.taints.letters(), fmt::join(event.taints.words(), "; ")));
	switch (event.standing) {
	case event_standing::live:
		return print_field("tracefs", tracefs_path(event.system, event.event));
	case event_standing::woken:
		print_field("woken", "the kernel creates no trace events for such a taint; Oriel had it made");
		return print_field("tracefs", tracefs_path(event.system, event.event));
	case event_standing::dropped:
		print_field("why", fmt::format("the kernel creates no trace events for {}",
					       fmt::join(bad_taints(event.taints, running_release()).words(), "; ")));
		return print_field("remedy", fmt::format("oriel marker arm '{}'", event.full_name()));
	case event_standing::untrusted:
		return print_field("why", event.reason);
	}
}

void info(context &ctx, const std::string &name)
{
	auto client = netlink_client::connect();
	if (!client)
		return report(ctx, client.failure());
	const auto found = read_inventory(*client);
	if (!found)
		return report(ctx, found.failure());
	marker_inventory named;
	for (const marker_message &marker : found->markers)
		if (full_name(marker) == name)
			named.markers.push_back(marker);
	for (const tainted_event &event : found->events)
		if (event.full_name() == name)
			named.events.push_back(event);
	if (named.markers.empty() && named.events.empty())
		return report(ctx,
			      {fmt::format("{}: there is no such marker, and no such trace event of a module that taints the kernel", name),
			       "oriel marker list"});
	if (ctx.json)
		return print_json(inventory_to_json(named));
	for (const marker_message &marker : named.markers)
		print(marker);
	for (const tainted_event &event : named.events)
		print(event);
}

} // namespace

void add_marker_info(CLI::App &noun, context &ctx)
{
	auto name = std::make_shared<std::string>();
	CLI::App *verb = noun.add_subcommand("info", "Say all that is known of one marker or trace event");
	verb->add_option("NAME", *name, "Its name, subsystem:event")->required();
	verb->callback([name, &ctx] { info(ctx, *name); });
}

} // namespace oriel
