// SPDX-License-Identifier: GPL-2.0
#include "marker_json.hpp"

#include "netlink_json.hpp"

namespace oriel {

using nlohmann::ordered_json;

const char *state_of(const marker_message &marker)
{
	if (marker.armed)
		return marker.event_users ? "armed+enabled" : "armed";
	return marker.event_users ? "enabled" : "off";
}

ordered_json to_json(const marker_message &marker)
{
	ordered_json json{{"name", full_name(marker)}, {"state", state_of(marker)}};
	json.update(message_to_json(marker));
	return json;
}

ordered_json to_json(const tainted_event &event)
{
	return {{"name", event.full_name()},          {"module", event.module}, {"system", event.system},         {"event", event.event},
		{"state", to_string(event.standing)}, {"reason", event.reason}, {"taint", event.taints.letters()}};
}

ordered_json inventory_to_json(const marker_inventory &inventory)
{
	auto markers = ordered_json::array();
	for (const marker_message &marker : inventory.markers)
		markers.push_back(to_json(marker));
	auto events = ordered_json::array();
	for (const tainted_event &event : inventory.events)
		events.push_back(to_json(event));
	return {{"version", 1},
		{"markers", markers},
		{"events", events},
		{"refusals", value_to_json(inventory.refusals)},
		{"kept_arms", value_to_json(inventory.kept_arms)}};
}

} // namespace oriel
