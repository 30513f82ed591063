// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "device.hpp"
#include "marker_glob.hpp"
#include "marker_inventory.hpp"
#include "marker_print.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "supervisor.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

struct options {
	std::vector<std::string> globs;
	std::string filter;
	std::string rate;
	bool keep = false;
};

struct armed {
	std::vector<std::string> markers;
	std::vector<std::string> events; // of modules: in tracefs now
	std::vector<std::string> notices;
};

// Wakes what was dropped; says of each event of a module what arming means to it.
void take_in_events(device &control, const marker_inventory &found, bool has_limits, armed &out)
{
	for (const tainted_event &event : found.events) {
		const auto woken = event.standing == event_standing::dropped ? control.wake(event.module, event.full_name())
									     : result<device::wake_answer>(device::wake_answer{});
		if (event.standing == event_standing::untrusted)
			out.notices.push_back(fmt::format("{}: a trace event stays dropped: {}", event.module, event.reason));
		else if (!woken)
			out.notices.push_back(fmt::format("{} stays dropped: {}", event.full_name(), woken.failure().message));
		else
			out.events.push_back(event.full_name());
	}
	if (has_limits && !out.events.empty())
		out.notices.push_back("the filter and the rate limit hold for markers; a trace event has a filter file in tracefs");
}

result<std::monostate> arm_patterns(device &control, netlink_client &client, const std::vector<std::string> &patterns, const options &opts,
				    std::uint32_t per_second, bool keep, std::vector<std::string> &notices)
{
	for (const std::string &pattern : patterns) {
		const auto done = arm_markers(control, client, {pattern, opts.filter, per_second, keep});
		if (!done)
			return done.failure();
		if (done->passed_over)
			notices.push_back(not_all_armed(*done));
	}
	return std::monostate{};
}

result<armed> arm_all(device &control, const options &opts, std::uint32_t per_second)
{
	std::vector<std::string> patterns;
	for (const std::string &glob : opts.globs)
		patterns.push_back(full_pattern(glob));
	auto client = netlink_client::connect();
	if (!client)
		return client.failure();
	armed out;
	std::vector<std::string> said_before;
	// Not to be kept at first: if one is refused, the others end with us.
	if (const auto done = arm_patterns(control, *client, patterns, opts, per_second, false, out.notices); !done)
		return done.failure();
	if (opts.keep)
		if (const auto done = arm_patterns(control, *client, patterns, opts, per_second, true, said_before); !done)
			return done.failure();
	const auto found = read_inventory(*client, patterns);
	if (!found)
		return found.failure();
	for (const marker_message &marker : found->markers)
		if (marker.armed)
			out.markers.push_back(full_name(marker));
	take_in_events(control, *found, !opts.filter.empty() || per_second != 0, out);
	return out;
}

// Where a command runs, stdout is its own.
void tell(context &ctx, const options &opts, const armed &what)
{
	for (const std::string &notice : what.notices)
		fmt::print(stderr, "oriel: {}\n", notice);
	if (what.markers.empty() && what.events.empty())
		fmt::print(stderr, "oriel: nothing matches yet; markers that come and match will be armed\n");
	if (!ctx.command.empty())
		return;
	if (ctx.json) {
		print_json_line(
			{{"version", 1}, {"type", "armed"}, {"keep", opts.keep}, {"markers", what.markers}, {"events", what.events}});
		return;
	}
	for (const std::string &name : what.markers)
		print_line(fmt::format("{} is armed", name));
	for (const std::string &name : what.events)
		print_line(fmt::format("{} is in tracefs", name));
	if (opts.keep)
		print_line("to end it: oriel marker disarm");
	else
		fmt::print(stderr, "oriel: armed until interrupted; --keep lets it stand\n");
}

void arm(context &ctx, const options &opts)
{
	const auto per_second = parse_rate(opts.rate);
	if (!per_second)
		return report(ctx, per_second.failure());
	auto control = device::open();
	if (!control)
		return report(ctx, control.failure());
	supervisor waiter;
	const auto done = arm_all(*control, opts, *per_second);
	if (!done)
		return report(ctx, done.failure());
	tell(ctx, opts, *done);
	if (!ctx.command.empty())
		if (const auto started = waiter.start(ctx.command); !started)
			return report(ctx, started.failure());
	if (opts.keep && ctx.command.empty())
		return;
	while (!waiter.has_ended())
		waiter.wait({}, std::chrono::hours(1));
	ctx.status = waiter.child_status().value_or(0);
}

void disarm(context &ctx, const std::string &glob)
{
	auto control = device::open();
	if (!control)
		return report(ctx, control.failure());
	const std::string pattern = glob.empty() ? "" : full_pattern(glob);
	const auto dropped = control->disarm_kept(pattern);
	if (!dropped)
		return report(ctx, dropped.failure());
	if (*dropped == 0 && !glob.empty())
		return report(ctx, {fmt::format("no kept arm has the pattern {}", pattern),
				    "name it as it was armed; arms without --keep end with the command that made them"});
	if (ctx.json)
		print_json({{"version", 1}, {"dropped", *dropped}});
	else
		fmt::print("{} kept arm{} dropped\n", *dropped, *dropped == 1 ? "" : "s");
}

} // namespace

void add_marker_arm(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb =
		noun.add_subcommand("arm", "Switch markers on and wake dropped trace events, until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: arm while the command runs, and exit with its status");
	verb->add_option("GLOB", opts->globs, "Shell patterns over subsystem:event; without ':' a subsystem")
		->required()
		->check(event_pattern());
	verb->add_option("--filter", opts->filter,
			 "Let only through what this holds for, in ftrace's syntax: 'count > 3 && name ~ \"eth*\"'")
		->check(event_filter());
	verb->add_option("--rate", opts->rate, "Let at most so many events per second of each marker through")
		->type_name("N/s")
		->check(event_rate());
	verb->add_flag("--keep", opts->keep, "Leave the arm standing");
	verb->callback([opts, &ctx] { arm(ctx, *opts); });
}

void add_marker_disarm(CLI::App &noun, context &ctx)
{
	auto glob = std::make_shared<std::string>();
	CLI::App *verb = noun.add_subcommand("disarm", "Drop arms that were kept");
	verb->add_option("GLOB", *glob, "Only those that were armed by exactly this pattern")->check(event_pattern());
	verb->callback([glob, &ctx] { disarm(ctx, *glob); });
}

} // namespace oriel
