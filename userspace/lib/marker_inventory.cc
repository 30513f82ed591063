// SPDX-License-Identifier: GPL-2.0
#include "marker_inventory.hpp"

#include "kernel_facts.hpp"
#include "marker_filter.hpp"
#include "marker_glob.hpp"
#include "verdict_rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace oriel {
namespace {

// Its one event serves itself and never fires.
constexpr std::string_view own_module = "oriel";

bool is_wanted(const std::vector<std::string> &patterns, const std::string &name)
{
	return patterns.empty() ||
	       std::any_of(patterns.begin(), patterns.end(), [&](const std::string &pattern) { return matches_pattern(pattern, name); });
}

result<std::map<std::string, taint_set>> taints_by_module(netlink_client &client)
{
	const auto modules = client.dump<module_message>(ORIEL_CMD_MODULE);
	if (!modules)
		return modules.failure();
	std::map<std::string, taint_set> taints;
	for (const module_message &module : *modules)
		taints[module.name] = taint_set(module.taints);
	return taints;
}

result<std::vector<tainted_event>> tainted_events(netlink_client &client, const std::vector<std::string> &patterns)
{
	const auto taints = taints_by_module(client);
	if (!taints)
		return taints.failure();
	const auto rows = client.dump<module_event_message>(ORIEL_CMD_MODULE_EVENT);
	if (!rows)
		return rows.failure();
	const std::string release = running_release();
	std::vector<tainted_event> events;
	for (const module_event_message &row : *rows) {
		const auto found = taints->find(row.module);
		if (found == taints->end() || found->second.empty() || row.module == own_module)
			continue;
		tainted_event event{row.module, row.system,   row.event, standing_of(row.state, found->second, release),
				    row.reason, found->second};
		if (is_wanted(patterns, event.full_name()))
			events.push_back(std::move(event));
	}
	return events;
}

// Of the markers that match: which of a filter's keys the first one lacks that lacks any; else empty.
std::string describe_missing_keys(netlink_client &client, const std::string &pattern, const std::string &filter)
{
	const auto markers = client.dump<marker_message>(ORIEL_CMD_MARKER);
	for (const marker_message &marker : markers ? *markers : std::vector<marker_message>{}) {
		if (!matches_pattern(pattern, full_name(marker)))
			continue;
		if (const auto missing = missing_keys(filter, marker.format); !missing.empty())
			return fmt::format("{}: the filter names {}, which is no key of this marker ({})", full_name(marker),
					   fmt::join(missing, ", "), marker.format.empty() ? "it has none but line" : marker.format);
	}
	return "";
}

} // namespace

const char *to_string(event_standing standing)
{
	switch (standing) {
	case event_standing::live:
		return "live";
	case event_standing::woken:
		return "woken";
	case event_standing::dropped:
		return "dropped";
	case event_standing::untrusted:
		return "untrusted";
	}
	return "unknown";
}

std::string full_name(const marker_message &marker)
{
	return marker.subsystem + ":" + marker.event;
}

taint_set bad_taints(taint_set taints, std::string_view release)
{
	const tracing_rule rule = tracing_rule_of(release);
	return taints.without(rule.allowed).without(rule.unsure);
}

event_standing standing_of(module_event_state state, taint_set taints, std::string_view release)
{
	if (state == module_event_state::dropped)
		return event_standing::dropped;
	if (state != module_event_state::live)
		return event_standing::untrusted;
	return bad_taints(taints, release).empty() ? event_standing::live : event_standing::woken;
}

result<marker_inventory> read_inventory(netlink_client &client, const std::vector<std::string> &patterns)
{
	marker_inventory found;
	auto markers = client.dump<marker_message>(ORIEL_CMD_MARKER);
	if (!markers)
		return markers.failure();
	for (marker_message &marker : *markers)
		if (is_wanted(patterns, full_name(marker)))
			found.markers.push_back(std::move(marker));
	auto events = tainted_events(client, patterns);
	if (!events)
		return events.failure();
	found.events = std::move(*events);
	const auto arms = client.dump<arm_message>(ORIEL_CMD_ARM);
	if (!arms)
		return arms.failure();
	for (const arm_message &arm : *arms)
		if (arm.kept)
			found.kept_arms.push_back(arm);
	auto refusals = client.dump<refusal_message>(ORIEL_CMD_REFUSAL);
	if (!refusals)
		return refusals.failure();
	for (refusal_message &refusal : *refusals)
		if (refusal.marker.empty() || is_wanted(patterns, refusal.marker))
			found.refusals.push_back(std::move(refusal));
	std::sort(found.markers.begin(), found.markers.end(), [](const auto &a, const auto &b) { return full_name(a) < full_name(b); });
	return found;
}

result<device::arm_answer> arm_markers(device &control, netlink_client &client, const device::arm_request &request)
{
	auto armed = control.arm(request);
	if (armed || request.filter.empty() || armed.failure().code != exit_code::failure)
		return armed;
	const std::string missing = describe_missing_keys(client, request.pattern, request.filter);
	return missing.empty() ? std::move(armed) : error{missing};
}

result<std::optional<module_message>> ask_module(netlink_client &client, const std::string &name)
{
	const netlink_client::selection only{ORIEL_A_MODULE_NAME, name};
	const auto rows = client.dump<module_message>(ORIEL_CMD_MODULE, &only);
	if (!rows)
		return rows.failure();
	return rows->empty() ? std::nullopt : std::optional(rows->front());
}

} // namespace oriel
