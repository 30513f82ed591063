// SPDX-License-Identifier: GPL-2.0
#include "fake_kernel.h"

#include <cstdio>
#include <cstdlib>

#include "bindings/okb_capability.h"
#include "bindings/okb_device.h"
#include "bindings/okb_log.h"
#include "bindings/okb_memory.h"
#include "bindings/okb_mutex.h"
#include "bindings/okb_netlink.h"

struct okb_counters {
	u64 count[okb_counts];
};

struct okb_event {
	const okb_event_description *description;
	bool used = false;
};

struct okb_seq {
	std::string text;
};

namespace fake {

world now;

void reset()
{
	now = world{};
}

const char *module::keep(const std::string &s)
{
	char *copy = strdup(s.c_str());
	kept.push_back(copy);
	ranges.emplace_back(copy, s.size() + 1);
	return copy;
}

void module::add(oriel_marker &record)
{
	ranges.emplace_back(reinterpret_cast<const char *>(&record), sizeof(record));
	keys.push_back(&record);
}

module::~module()
{
	for (char *s : kept)
		free(s);
}

oriel_marker record_in(module &m, const std::string &subsystem, const std::string &event, const std::string &format, int arg_count)
{
	oriel_marker r{};
	r.magic = ORIEL_MARKER_MAGIC;
	r.abi = ORIEL_MARKER_ABI;
	r.size = sizeof(r);
	r.arg_count = static_cast<unsigned short>(arg_count);
	r.subsystem = m.keep(subsystem);
	r.event = m.keep(event);
	r.format = m.keep(format);
	r.file = m.keep("file.c");
	r.line = 7;
	return r;
}

std::string message::get(int attribute) const
{
	for (const auto &[a, value] : attributes)
		if (a == attribute)
			return value;
	return "(absent)";
}

void use_event(const std::string &name, bool used)
{
	okb_event *event = now.events.at(name);
	event->used = used;
	oriel_event_used(event->description->owner, used);
}

std::string print(void *owner, const std::vector<u8> &record)
{
	okb_seq seq;
	oriel_event_print(owner, &seq, record.data(), static_cast<u32>(record.size()));
	return seq.text;
}

static module &of(okb_module *m)
{
	return *reinterpret_cast<module *>(m);
}

static int put(okb_message *handle, int attribute, std::string value)
{
	auto &m = *reinterpret_cast<message *>(handle);
	if (m.attributes.size() >= m.room)
		return -90;
	m.attributes.emplace_back(attribute, std::move(value));
	return 0;
}

static bool allocation_fails()
{
	return now.fail_allocation_in >= 0 && now.fail_allocation_in-- == 0;
}

} // namespace fake

using fake::now;

/* ---- memory, mutex, log ---- */

void *okb_alloc(unsigned long size)
{
	if (fake::allocation_fails())
		return nullptr;
	now.allocations++;
	return calloc(1, size);
}

void okb_free(void *memory)
{
	now.allocations -= memory != nullptr;
	free(memory);
}

void okb_synchronize()
{
	now.synchronized++;
}

void okb_mutex_init(void *storage, okb_mutex_class)
{
	memset(storage, 0, 1);
}

/* Not recursive, as the kernel's: a second lock by the same thread is a deadlock there and an abort here. */
void okb_mutex_lock(void *storage)
{
	if (*static_cast<char *>(storage))
		abort();
	*static_cast<char *>(storage) = 1;
}

void okb_mutex_unlock(void *storage)
{
	*static_cast<char *>(storage) = 0;
}

void okb_log_info(const char *subject, const char *text)
{
	now.log.push_back(std::string(subject ? subject : "") + ": " + text);
}

void okb_log_refusal(const char *subject, const char *detail, const char *reason)
{
	now.log.push_back(std::string(subject) + ": " + (detail ? std::string(detail) + ": " : "") + reason);
}

void okb_bug(const char *)
{
	abort();
}

/* ---- modules ---- */

void okb_module_read(okb_module *m, okb_module_facts *facts)
{
	const fake::module &mod = fake::of(m);
	*facts = {};
	snprintf(facts->name, sizeof(facts->name), "%s", mod.name.c_str());
	facts->taints = mod.taints;
	facts->trace_events = static_cast<u32>(mod.events.size()) + mod.unreadable_events;
	facts->tracepoints = facts->trace_events;
	facts->trusted_signature = mod.trusted_signature;
	facts->coming = mod.coming;
	facts->going = mod.going;
}

int okb_module_for_each(int (*visit)(okb_module *, void *), void *argument)
{
	for (fake::module *m : now.loaded)
		if (int status = visit(m->handle(), argument))
			return status;
	return 0;
}

int okb_module_with(const char *name, int (*visit)(okb_module *, void *), void *argument)
{
	for (fake::module *m : now.loaded)
		if (m->name == name)
			return visit(m->handle(), argument);
	return -2;
}

void okb_module_for_each_key(okb_module *m, void (*visit)(void *, void *), void *argument)
{
	for (void *key : fake::of(m).keys)
		visit(key, argument);
}

bool okb_module_contains(okb_module *m, const void *address, unsigned long size)
{
	auto *first = static_cast<const char *>(address);
	for (const auto &[start, length] : fake::of(m).ranges)
		if (first >= start && first + size <= start + length)
			return true;
	return false;
}

long okb_module_string(okb_module *m, const char *string, unsigned long limit)
{
	for (unsigned long i = 0; i <= limit; i++) {
		if (!okb_module_contains(m, string + i, 1))
			return -14;
		if (!string[i])
			return static_cast<long>(i);
	}
	return -14;
}

void okb_module_hide_taint(okb_module *m, u64 bits)
{
	fake::of(m).taints &= ~bits;
}

void okb_module_restore_taint(okb_module *m, u64 bits)
{
	fake::of(m).taints |= bits;
}

int okb_module_watch_start()
{
	return 0;
}

void okb_module_watch_stop()
{
	if (now.unwatched)
		now.unwatched();
}

bool okb_module_trace_event(okb_module *m, u32 index, okb_trace_event *event)
{
	if (index >= fake::of(m).events.size())
		return false;
	*event = fake::of(m).events[index];
	return true;
}

int okb_module_trace_event_add(okb_module *m, u32 index)
{
	now.woken.emplace_back(&fake::of(m), index);
	fake::of(m).events[index].registered = true;
	return 0;
}

/* ---- keys, counters, clock ---- */

void okb_key_enable(void *key)
{
	static_cast<oriel_marker *>(key)->key.enabled = 1;
}

void okb_key_disable(void *key)
{
	static_cast<oriel_marker *>(key)->key.enabled = 0;
}

okb_counters *okb_counters_alloc()
{
	return static_cast<okb_counters *>(okb_alloc(sizeof(okb_counters)));
}

void okb_counters_free(okb_counters *counters)
{
	okb_free(counters);
}

void okb_counters_add(okb_counters *counters, okb_count which)
{
	counters->count[which]++;
}

u64 okb_counters_read(okb_counters *counters, okb_count which)
{
	return counters->count[which];
}

u64 okb_clock_ns()
{
	return now.clock_ns;
}

/* ---- events ---- */

static std::string full_name(const okb_event_description *d)
{
	return std::string(d->system) + ":" + d->name;
}

int okb_with_event_mutex(int (*work)(void *), void *argument)
{
	if (now.lends_nothing)
		return -19;
	now.loans++;
	now.lending = true;
	int status = work(argument);
	now.lending = false;
	return status;
}

/* The kernel's own waits for event_mutex. */
int okb_event_create(const okb_event_description *description, okb_event **event)
{
	if (now.lending)
		abort();
	for (const std::string &taken : now.taken_names)
		if (taken == full_name(description))
			return -17;
	if (fake::allocation_fails())
		return -12;
	now.allocations++;
	*event = new okb_event{description};
	return 0;
}

int okb_event_add(okb_event *event)
{
	if (!now.lending)
		abort();
	if (fake::allocation_fails())
		return -12;
	now.events[full_name(event->description)] = event;
	return 0;
}

int okb_event_remove(okb_event *event)
{
	if (!now.lending)
		abort();
	if (event->used || now.event_busy)
		return -16;
	now.events.erase(full_name(event->description));
	now.waited_since_removal = false;
	return 0;
}

void okb_events_removed()
{
	if (now.lending)
		abort();
	now.waited_since_removal = true;
}

void okb_event_free(okb_event *event)
{
	if (now.events.contains(full_name(event->description)) || !now.waited_since_removal)
		abort();
	now.allocations--;
	delete event;
}

bool okb_event_wanted(const okb_event *event)
{
	return event->used;
}

u32 okb_event_emit(okb_event *event, u32 size, const void *record)
{
	if (now.no_room)
		return 1;
	std::vector<u8> entry(size);
	oriel_event_pack(event->description->owner, record, entry.data(), size);
	now.emitted.push_back(entry);
	return 0;
}

void okb_seq_text(okb_seq *seq, const char *text)
{
	seq->text += text;
}

void okb_seq_number(okb_seq *seq, const char *format, u64 value)
{
	char buffer[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(buffer, sizeof(buffer), format, value);
#pragma GCC diagnostic pop
	seq->text += buffer;
}

void okb_seq_pointer(okb_seq *seq, u64 value)
{
	okb_seq_number(seq, "%#llx", value);
}

/* ---- netlink, capabilities ---- */

int okb_put_u8(okb_message *m, int attribute, u8 value)
{
	return fake::put(m, attribute, std::to_string(value));
}

int okb_put_u32(okb_message *m, int attribute, u32 value)
{
	return fake::put(m, attribute, std::to_string(value));
}

int okb_put_u64(okb_message *m, int attribute, u64 value)
{
	return fake::put(m, attribute, std::to_string(value));
}

int okb_put_text(okb_message *m, int attribute, const char *text)
{
	return fake::put(m, attribute, text);
}

void *okb_nest_begin(okb_message *m, int attribute)
{
	return fake::put(m, attribute, "{") ? nullptr : m;
}

void okb_nest_end(okb_message *m, void *)
{
	fake::put(m, 0, "}");
}

void okb_netlink_notify(u32, u32 command, void *argument)
{
	fake::message message;
	if (oriel_netlink_event(command, argument, message.handle()) == 0)
		now.told.push_back(message);
}

bool okb_capability_at(u32 index, okb_capability *capability)
{
	*capability = {"one", "because", 1};
	return index == 0;
}

const char *okb_module_version()
{
	return "1.2.3";
}
