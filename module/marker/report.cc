// SPDX-License-Identifier: GPL-2.0
#include "marker/report.h"

#include "kcore/message.h"

namespace oriel {
namespace {

struct module_row {
	const process_context *ctx;
	const registry *all;
	u32 skip; /* modules before the one wanted */
	okb_cursor *cursor;
	okb_message *message;
};

int visit_module(okb_module *module, void *argument)
{
	auto &row = *static_cast<module_row *>(argument);
	if (row.skip) {
		row.skip--;
		return 0;
	}
	int status = write_module(*row.ctx, *row.all, module, row.message);
	if (status)
		return status;
	row.cursor->major++;
	return row_written;
}

int write_module_event(okb_module *module, u32 index, okb_message *message)
{
	okb_module_facts facts;
	module_event event;
	okb_module_read(module, &facts);
	if (!read_module_event(module, index, event))
		return 0;
	message_writer w{message};
	w.put(ORIEL_A_MODULE_EVENT_MODULE, facts.name);
	w.put(ORIEL_A_MODULE_EVENT_SYSTEM, event.system ?: "");
	w.put(ORIEL_A_MODULE_EVENT_EVENT, event.name ?: "");
	w.put_u8(ORIEL_A_MODULE_EVENT_STATE, static_cast<u8>(event.state));
	w.put(ORIEL_A_MODULE_EVENT_REASON, event.reason ?: "");
	return w.status() ?: row_written;
}

/* The cursor: module by module, and in each its events. */
int visit_module_event(okb_module *module, void *argument)
{
	auto &row = *static_cast<module_row *>(argument);
	if (row.skip) {
		row.skip--;
		return 0;
	}
	int status = write_module_event(module, row.cursor->minor, row.message);
	if (status == row_written)
		row.cursor->minor++;
	if (status)
		return status;
	row.cursor->major++;
	row.cursor->minor = 0;
	return 0;
}

/* Systems in the order of a module's table, where the events of one lie together. */
class system_list {
public:
	void add(text system)
	{
		if (system == last_)
			return;
		last_ = system;
		const bool is_first = names_.size() == 0;
		if (names_.size() + !is_first + system.size() <= max_bytes)
			static_cast<void>((is_first || names_.append(" ")) && names_.append(system));
	}
	const char *names() const { return names_.c_str(); }

private:
	static constexpr std::size_t max_bytes = 255;
	name<max_bytes + 1> names_;
	text last_;
};

int for_selected(const char *selected, int (*visit)(okb_module *, void *), module_row &row)
{
	if (!selected)
		return okb_module_for_each(visit, &row);
	return row.cursor->major ? 0 : okb_module_with(selected, visit, &row);
}

} // namespace

int report_marker(const process_context &ctx, const registry &all, okb_cursor &cursor, okb_message *message)
{
	marker *m = all.marker_at(cursor.major);
	if (!m)
		return 0;
	message_writer w{message};
	w.put(ORIEL_A_MARKER_SUBSYSTEM, m->subsystem());
	w.put(ORIEL_A_MARKER_EVENT, m->event());
	w.put(ORIEL_A_MARKER_FORMAT, m->format_source());
	w.put_u8(ORIEL_A_MARKER_ARMED, m->armed());
	w.put_u8(ORIEL_A_MARKER_EVENT_USERS, m->usage_now(ctx).event_users);
	w.put_u8(ORIEL_A_MARKER_HAS_EVENT, m->has_event());
	w.put_u64(ORIEL_A_MARKER_HITS, m->count(okb_count_hits));
	w.put_u64(ORIEL_A_MARKER_FILTERED, m->count(okb_count_filtered));
	w.put_u64(ORIEL_A_MARKER_LIMITED, m->count(okb_count_limited));
	w.put_u64(ORIEL_A_MARKER_LOST, m->count(okb_count_lost));
	w.put_u32(ORIEL_A_MARKER_SITE_COUNT, m->usage_now(ctx).sites);
	/* A marker in a macro may have thousands of sites; a message (about 3,700 bytes) has room for some. */
	std::size_t room = 2048;
	m->for_each_site(ctx, [&](site &s) {
		constexpr std::size_t overhead = 40; /* headers, padding, ends of strings, line */
		const std::size_t size = text{s.module_name()}.size() + text{s.file()}.size() + overhead;
		if (size > room) {
			room = 0;
			return;
		}
		room -= size;
		w.nest(ORIEL_A_MARKER_SITE, [&s](message_writer &inner) {
			inner.put(ORIEL_A_SITE_MODULE, s.module_name());
			inner.put(ORIEL_A_SITE_FILE, s.file());
			inner.put_u32(ORIEL_A_SITE_LINE, s.line());
		});
	});
	return w.row(cursor);
}

int write_module(const process_context &ctx, const registry &all, okb_module *module, okb_message *message)
{
	okb_module_facts facts;
	okb_module_read(module, &facts);
	u32 in_state[3] = {};
	system_list dropped;
	for (u32 i = 0; i < facts.trace_events; i++) {
		module_event event;
		if (!read_module_event(module, i, event))
			continue;
		in_state[static_cast<u32>(event.state)]++;
		if (event.state == event_state::dropped)
			dropped.add(event.system);
	}
	message_writer w{message};
	w.put(ORIEL_A_MODULE_NAME, facts.name);
	w.put_u64(ORIEL_A_MODULE_TAINTS, facts.taints);
	w.put_u8(ORIEL_A_MODULE_TRUSTED_SIGNATURE, facts.trusted_signature);
	w.put_u32(ORIEL_A_MODULE_TRACEPOINTS, facts.tracepoints);
	w.put_u32(ORIEL_A_MODULE_TRACE_EVENTS, facts.trace_events);
	w.put_u32(ORIEL_A_MODULE_LIVE, in_state[static_cast<u32>(event_state::live)]);
	w.put_u32(ORIEL_A_MODULE_DROPPED, in_state[static_cast<u32>(event_state::dropped)]);
	w.put_u32(ORIEL_A_MODULE_UNTRUSTED, in_state[static_cast<u32>(event_state::untrusted)]);
	w.put_u32(ORIEL_A_MODULE_MARKER_SITES, all.sites_of(ctx, module));
	w.put_u8(ORIEL_A_MODULE_ALLOWED, all.is_allowed(facts.name));
	w.put_u8(ORIEL_A_MODULE_COMING, facts.coming);
	w.put(ORIEL_A_MODULE_DROPPED_SYSTEMS, dropped.names());
	return w.status();
}

int report_module(const process_context &ctx, const registry &all, const char *selected, okb_cursor &cursor, okb_message *message)
{
	module_row row{&ctx, &all, selected ? 0 : cursor.major, &cursor, message};
	return for_selected(selected, visit_module, row);
}

int report_module_event(const char *selected, okb_cursor &cursor, okb_message *message)
{
	module_row row{nullptr, nullptr, selected ? 0 : cursor.major, &cursor, message};
	return for_selected(selected, visit_module_event, row);
}

int report_refusal(const registry &all, okb_cursor &cursor, okb_message *message)
{
	const refusal *r = all.refusal_at(cursor.major);
	if (!r)
		return 0;
	message_writer w{message};
	w.put(ORIEL_A_REFUSAL_MODULE, r->module);
	w.put(ORIEL_A_REFUSAL_MARKER, r->marker);
	w.put(ORIEL_A_REFUSAL_REASON, r->reason);
	return w.row(cursor);
}

int report_arm(const registry &all, okb_cursor &cursor, okb_message *message)
{
	const arm *a = all.arm_at(cursor.major);
	if (!a)
		return 0;
	message_writer w{message};
	w.put(ORIEL_A_ARM_PATTERN, a->pattern);
	w.put(ORIEL_A_ARM_FILTER, a->filter_source);
	w.put_u32(ORIEL_A_ARM_PER_SECOND, a->per_second);
	w.put_u8(ORIEL_A_ARM_KEPT, !a->owner);
	w.put_u32(ORIEL_A_ARM_MARKERS, all.markers_of(*a));
	return w.row(cursor);
}

} // namespace oriel
