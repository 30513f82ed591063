// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "kernel_facts.hpp"
#include "marker_inventory.hpp"
#include "netlink_json.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <sstream>

namespace oriel {
namespace {

using nlohmann::ordered_json;

std::string counted(std::uint32_t number, const char *what)
{
	return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

// The patterns that name a module's dropped events: one for each system.
std::set<std::string> dropped_patterns(const module_message &module)
{
	std::set<std::string> patterns;
	std::istringstream systems(module.dropped_systems);
	for (std::string system; systems >> system;)
		patterns.insert(system + ":*");
	return patterns;
}

std::string describe_events(const module_message &module)
{
	if (module.trace_events == 0)
		return "no trace events";
	const std::string events = counted(module.trace_events, "trace event");
	return module.live == module.trace_events ? events + ", live" : fmt::format("{}, {} live", events, module.live);
}

void print_text(const module_message &module, const std::set<std::string> &patterns)
{
	const taint_set taints(module.taints);
	print_line(fmt::format("{}: taint {}; {}; {}", module.name, taints.empty() ? "-" : taints.letters(), describe_events(module),
			       counted(module.marker_sites, "marker")));
	if (module.dropped + module.untrusted == 0)
		return;
	print_line(fmt::format("  DROPPED: the kernel created {} of its {}: {}", module.live == 0 ? "none" : std::to_string(module.live),
			       counted(module.trace_events, "trace event"),
			       fmt::join(bad_taints(taints, running_release()).words(), "; ")));
	for (const std::string &pattern : patterns)
		print_line(fmt::format("  remedy: oriel marker record '{}'", pattern));
	if (module.untrusted != 0)
		print_line(fmt::format("  {} cannot be woken: its layout is another kernel's", counted(module.untrusted, "trace event")));
	print_line(fmt::format("  why: oriel module explain {}", module.name));
}

void print(const context &ctx, const module_message &module)
{
	const auto patterns = dropped_patterns(module);
	if (!ctx.json)
		return print_text(module, patterns);
	ordered_json json{{"version", 1}, {"type", "module"}};
	json.update(message_to_json(module));
	json["taint"] = taint_set(module.taints).letters();
	json["remedies"] = ordered_json::array();
	for (const std::string &pattern : patterns)
		json["remedies"].push_back(fmt::format("oriel marker record '{}'", pattern));
	print_json_line(json);
}

void watch(context &ctx, std::uint64_t most)
{
	auto news = netlink_client::connect();
	if (!news)
		return report(ctx, news.failure());
	supervisor waiter;
	if (const auto joined = news->join(ORIEL_GROUP_MODULES); !joined)
		return report(ctx, joined.failure());
	std::uint64_t seen = 0;
	std::set<std::string> coming; // told, and not heard of since
	while (!waiter.has_ended() && !output_is_gone()) {
		waiter.wait({news->descriptor()}, std::chrono::seconds(1));
		std::uint64_t lost = 0;
		const auto modules = news->receive<module_message>(lost);
		if (!modules)
			return report(ctx, modules.failure());
		if (lost != 0)
			fmt::print(stderr, "oriel: modules came faster than they could be told: some are missing\n");
		for (const module_message &module : *modules) {
			if (!module.coming && coming.erase(module.name) != 0) // it was told as it came
				continue;
			if (module.coming)
				coming.insert(module.name);
			print(ctx, module);
			if (++seen == most)
				return;
		}
	}
}

} // namespace

void add_module_watch(CLI::App &noun, context &ctx)
{
	auto count = std::make_shared<std::uint64_t>(0);
	CLI::App *verb = noun.add_subcommand(
		"watch", "Report each module as it loads, until interrupted: loudly where its trace events were dropped");
	verb->add_option("--count", *count, "End after so many modules")->type_name("N")->check(positive_integer());
	verb->callback([count, &ctx] { watch(ctx, *count); });
}

} // namespace oriel
