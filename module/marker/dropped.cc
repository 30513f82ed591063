// SPDX-License-Identifier: GPL-2.0
#include "marker/dropped.h"

#include "bindings/okb_log.h"
#include "marker/site.h"

namespace oriel {
namespace {

/* The first check that failed, in the order in which one rests on the other. */
const char *layout_problem(u32 layout)
{
	static constexpr struct {
		okb_layout bit;
		const char *reason;
	} checks[] = {
		{okb_layout_call, "its trace_event_call does not lie where this kernel expects it: built for another kernel"},
		{okb_layout_class, "its trace_event_class does not lie where this kernel expects it: built for another kernel"},
		{okb_layout_methods, "its trace event does not use this kernel's own methods: built for another kernel"},
		{okb_layout_names, "the names of its trace event cannot be read: built for another kernel"},
		{okb_layout_output, "the output functions of its trace event do not lie in the module: built for another kernel"},
		{okb_layout_fields, "the fields of its trace event are not laid out as this kernel's: built for another kernel"},
	};
	for (const auto &c : checks)
		if (!(layout & c.bit))
			return c.reason;
	return nullptr;
}

/* NULL if a module that nobody has looked at yet may be shown to the kernel as it is. */
const char *window_problem(okb_module *module, u32 trace_events)
{
	for (u32 i = 0; i < trace_events; i++) {
		module_event event;
		if (!read_module_event(module, i, event))
			return "its table of trace events leaves the module: built for another kernel";
		if (event.state == event_state::untrusted)
			return event.reason;
		if (event.state == event_state::live)
			return "its trace event seems to be registered before it can be: built for another kernel";
	}
	return nullptr;
}

bool matches(const module_event &event, text pattern)
{
	name<2 * (max_name + 1) + 128> full;
	return event.system && full.assign(event.system) && full.append(":") && full.append(event.name) && matches_glob(pattern, full);
}

} // namespace

bool read_module_event(okb_module *module, u32 index, module_event &event)
{
	okb_trace_event facts;
	if (!okb_module_trace_event(module, index, &facts))
		return false;
	event = {event_state::live, facts.system, facts.name, nullptr};
	if (facts.registered)
		return true;
	event.reason = layout_problem(facts.layout);
	event.state = event.reason ? event_state::untrusted : event_state::dropped;
	return true;
}

namespace {

/* One that cannot be woken leaves the others be. */
void wake_event(okb_module *module, u32 index, wake_result &out)
{
	result<void> added = result<void>::from_kernel(okb_module_trace_event_add(module, index));
	if (added) {
		out.woken++;
		return;
	}
	out.failed++;
	out.problem = added.failure();
	out.reason = added.failure() == errc::exists ? "the kernel has another trace event of that name, or a marker has"
		     : added.failure() == errc::no_device
			     ? "the kernel dropped oriel.ko's own trace event, because oriel.ko has a bad taint"
			     : "the kernel would not register its trace event";
}

} // namespace

void wake_events(const process_context &, okb_module *module, text pattern, wake_result &out)
{
	okb_module_facts facts;
	okb_module_read(module, &facts);
	for (u32 i = 0; i < facts.trace_events; i++) {
		module_event event;
		if (!read_module_event(module, i, event) || (event.system && !matches(event, pattern)))
			continue;
		switch (event.state) {
		case event_state::live:
			out.live++;
			break;
		case event_state::untrusted:
			out.untrusted++;
			out.reason = event.reason;
			break;
		case event_state::dropped:
			wake_event(module, i, out);
			break;
		}
	}
	if (out.woken)
		okb_log_info(facts.name, "trace events that the kernel had dropped were registered on request");
	if (out.untrusted || out.failed)
		okb_log_refusal(facts.name,
				out.woken || out.live ? "some of its trace events stay dropped" : "its trace events stay dropped",
				out.reason);
}

u64 open_taint_window(const process_context &, okb_module *module, const okb_module_facts &facts)
{
	u64 hidden = facts.taints & hidden_taints;
	if (!hidden || !facts.trace_events)
		return 0;
	if (const char *reason = window_problem(module, facts.trace_events)) {
		okb_log_refusal(facts.name, "allowed, but its trace events stay dropped", reason);
		return 0;
	}
	okb_module_hide_taint(module, hidden);
	return hidden;
}

void close_taint_window(const process_context &, okb_module *module, const okb_module_facts &facts, u64 hidden)
{
	okb_module_restore_taint(module, hidden);
	okb_log_info(facts.name, "its taint was hidden while the kernel set up its trace events, as allowed");
}

} // namespace oriel
