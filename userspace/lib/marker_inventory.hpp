// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "device.hpp"
#include "module_taint.hpp"
#include "netlink_client.hpp"

namespace oriel {

// How a module's own trace event stands.
enum class event_standing {
	live,      // in tracefs, by the kernel's own doing
	woken,     // in tracefs, although the kernel drops the events of a module with such a taint
	dropped,   // not in tracefs, and can be woken
	untrusted, // not in tracefs, and cannot: its layout is another kernel's
};

const char *to_string(event_standing standing);

struct tainted_event {
	std::string module;
	std::string system; // this and the next are empty where the names cannot be trusted
	std::string event;
	event_standing standing;
	std::string reason; // for untrusted
	taint_set taints;   // of the module

	std::string full_name() const { return system + ":" + event; }
};

// What there is to be traced: markers, and the trace events of modules that taint the kernel.
struct marker_inventory {
	std::vector<marker_message> markers;
	std::vector<tainted_event> events;
	std::vector<refusal_message> refusals;
	std::vector<arm_message> kept_arms; // all of them, whatever they match
};

std::string full_name(const marker_message &marker);

// What matches one of the patterns over "subsystem:event"; everything, without any.
result<marker_inventory> read_inventory(netlink_client &client, const std::vector<std::string> &patterns = {});

// As control.arm(); where a marker lacks a key of the filter, the failure says which. The kernel's side says only that there is one.
result<device::arm_answer> arm_markers(device &control, netlink_client &client, const device::arm_request &request);

// What oriel.ko says of one loaded module; nothing where it is not loaded, and an error where oriel.ko
// cannot be asked.
result<std::optional<module_message>> ask_module(netlink_client &client, const std::string &name);

// Those of a module's taints for which the kernel creates no trace events. `release` is the kernel's: which
// they are depends on it.
taint_set bad_taints(taint_set taints, std::string_view release);

event_standing standing_of(module_event_state state, taint_set taints, std::string_view release);

} // namespace oriel
