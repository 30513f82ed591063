// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/trace_events.h>

#include "bindings/okb_device.h"
#include "bindings/okb_event.h"
#include "compat/tracepoint.h"

static_assert(sizeof(struct trace_entry) == OKB_EVENT_HEADER);
#ifdef CONFIG_PERF_EVENTS
static_assert(OKB_EVENT_MAX_RECORD <= PERF_MAX_TRACE_SIZE);
#endif

/* One tracing instance that has the event enabled. */
struct event_file {
	struct list_head link;
	struct trace_event_file *file;
};

/* Locking: `files`, `perf` and `users` change under event_mutex; the probe reads the first two with preemption off. */
struct okb_event {
	struct trace_event_call call;
	struct trace_event_class class;
	struct trace_event_functions functions;
	struct tracepoint name_only; /* BPF attaches to calls with TRACE_EVENT_FL_TRACEPOINT, which take their name from a tracepoint */
	const struct okb_event_description *description;
	struct list_head files;
	bool perf;
	unsigned int users;
	struct list_head link;
};

/* Those in tracefs.  Locking: event_mutex. */
static LIST_HEAD(live_events);

static struct okb_event *event_of(struct trace_event_call *call)
{
	return container_of(call, struct okb_event, call);
}

/* ---- users come and go; all under event_mutex ---- */

static int add_user(struct okb_event *event)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	if (!event->users++)
		oriel_event_used((void *)event->description->owner, true);
	return 0;
}

/* After this no probe still writes to the user that was unpublished before. */
static void remove_user(struct okb_event *event)
{
	if (!--event->users)
		oriel_event_used((void *)event->description->owner, false);
	synchronize_rcu();
	module_put(THIS_MODULE);
}

static int add_file(struct okb_event *event, struct trace_event_file *file)
{
	struct event_file *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	int status;

	if (!entry)
		return -ENOMEM;
	status = add_user(event);
	if (status) {
		kfree(entry);
		return status;
	}
	entry->file = file;
	list_add_tail_rcu(&entry->link, &event->files);
	return 0;
}

static void remove_file(struct okb_event *event, struct trace_event_file *file)
{
	struct event_file *entry;

	list_for_each_entry(entry, &event->files, link) {
		if (entry->file != file)
			continue;
		list_del_rcu(&entry->link);
		remove_user(event);
		kfree(entry);
		return;
	}
}

static int event_reg(struct trace_event_call *call, enum trace_reg type, void *data)
{
	struct okb_event *event = event_of(call);
	int status __maybe_unused;

	switch (type) {
	case TRACE_REG_REGISTER:
		return add_file(event, data);
	case TRACE_REG_UNREGISTER:
		remove_file(event, data);
		return 0;
#ifdef CONFIG_PERF_EVENTS
	case TRACE_REG_PERF_REGISTER:
		status = add_user(event);
		if (!status)
			WRITE_ONCE(event->perf, true);
		return status;
	case TRACE_REG_PERF_UNREGISTER:
		WRITE_ONCE(event->perf, false);
		remove_user(event);
		return 0;
#endif
	default:
		return 0;
	}
}

/* ---- what tracefs asks ---- */

static int define_fields(struct trace_event_call *call)
{
	const struct okb_event_description *d = event_of(call)->description;
	u32 i;
	int status = 0;

	for (i = 0; i < d->field_count && !status; i++)
		status = trace_define_field(call, d->fields[i].type, d->fields[i].name, d->fields[i].offset, d->fields[i].size,
					    d->fields[i].is_signed, FILTER_OTHER);
	return status;
}

static struct trace_event_fields fields_by_function[] = {
	{.type = TRACE_FUNCTION_TYPE, {.define_fields = define_fields}},
	{},
};

static enum print_line_t print_event(struct trace_iterator *iter, int flags, struct trace_event *trace_event)
{
	struct okb_event *event = container_of(trace_event, struct okb_event, call.event);
	enum print_line_t status = trace_raw_output_prep(iter, trace_event);

	if (status != TRACE_TYPE_HANDLED)
		return status;
	oriel_event_print(event->description->owner, (struct okb_seq *)&iter->seq, iter->ent, iter->ent_size);
	trace_seq_putc(&iter->seq, '\n');
	return trace_handle_return(&iter->seq);
}

void okb_seq_text(struct okb_seq *seq, const char *text)
{
	trace_seq_puts((struct trace_seq *)seq, text);
}

void okb_seq_number(struct okb_seq *seq, const char *format, u64 value)
{
	trace_seq_printf((struct trace_seq *)seq, format, value);
}

void okb_seq_pointer(struct okb_seq *seq, u64 value)
{
	trace_seq_printf((struct trace_seq *)seq, "%p", (void *)(unsigned long)value);
}

/* ---- adding and removing ---- */

bool okb_event_is_there(const char *system, const char *name)
{
	struct trace_event_file *file = trace_get_event_file(NULL, system, name);

	if (IS_ERR(file))
		return false;
	trace_put_event_file(file);
	return true;
}

int okb_event_create(const struct okb_event_description *description, struct okb_event **created)
{
	struct okb_event *event;

	if (okb_event_is_there(description->system, description->name))
		return -EEXIST;
	event = kzalloc(sizeof(*event), GFP_KERNEL);
	if (!event)
		return -ENOMEM;
	event->description = description;
	INIT_LIST_HEAD(&event->files);
	event->functions.trace = print_event;
	event->name_only.name = description->name;
	event->class.system = description->system;
	event->class.reg = event_reg;
	event->class.raw_init = trace_event_raw_init;
	event->class.fields_array = fields_by_function;
	INIT_LIST_HEAD(&event->class.fields);
	event->call.class = &event->class;
	event->call.tp = &event->name_only;
	event->call.flags = TRACE_EVENT_FL_TRACEPOINT;
	event->call.event.funcs = &event->functions;
	event->call.print_fmt = (char *)description->print_format;
	*created = event;
	return 0;
}

int okb_event_add(struct okb_event *event)
{
	int status = trace_add_event_call(&event->call);

	/* Without its module the kernel would let an event be opened by perf while we unload. */
	if (status)
		return status;
	event->call.module = THIS_MODULE;
	list_add(&event->link, &live_events);
	return 0;
}

static long known_users_of(const struct okb_event *event)
{
#ifdef CONFIG_PERF_EVENTS
	return event->users + event->call.perf_refcount;
#else
	return event->users;
#endif
}

/*
 * An event probe (dynamic_events, "e:...") points to the event that it is attached to and holds nothing but a reference on its module, ours,
 * without ever having called `reg`.  So while there are more references than we know of, no event goes.
 */
static bool has_unknown_users(void)
{
	long known = okb_device_open_count();
	struct okb_event *event;

	list_for_each_entry(event, &live_events, link)
		known += known_users_of(event);
	return module_refcount(THIS_MODULE) > known;
}

int okb_event_remove(struct okb_event *event)
{
	int status = event->users || has_unknown_users() ? -EBUSY : trace_remove_event_call(&event->call);

	if (!status)
		list_del(&event->link);
	return status;
}

/*
 * Records of a removed event may lie in buffers, and the next event gets its number, from 6.3 on at once.  The kernel empties the buffers that
 * this concerns when a module goes and when somebody deletes an event of a kind of its own: so it is told to delete one that there is not.
 */
static void empty_buffers(void)
{
#ifdef CONFIG_KPROBE_EVENTS
	kprobe_event_delete("oriel_removed/none");
#endif
}

void okb_events_removed(void)
{
	empty_buffers();
	/* A probe that found an event before it was unpublished may still ask whether it is wanted. */
	synchronize_rcu();
}

void okb_event_free(struct okb_event *event)
{
	kfree(event);
}

/* ---- emitting ---- */

#ifdef CONFIG_PERF_EVENTS
static struct hlist_head *perf_list(const struct okb_event *event)
{
	return this_cpu_ptr(event->call.perf_events);
}

static bool perf_wants(const struct okb_event *event)
{
	return READ_ONCE(event->perf) && (bpf_prog_array_valid((struct trace_event_call *)&event->call) || !hlist_empty(perf_list(event)));
}

static bool emit_to_perf(struct okb_event *event, u32 size, const void *record)
{
	struct hlist_head *list = perf_list(event);
	/* perf wants a u32 of its own in front and the whole in units of a u64. */
	u32 padded = ALIGN(size + sizeof(u32), sizeof(u64)) - sizeof(u32);
	struct pt_regs *regs;
	void *entry;
	int context;

	entry = perf_trace_buf_alloc(padded, &regs, &context);
	if (!entry)
		return false;
	perf_fetch_caller_regs(regs);
	oriel_event_pack(event->description->owner, record, entry, size);
	perf_trace_run_bpf_submit(entry, padded, context, &event->call, 1, regs, list, NULL);
	return true;
}

#else
static bool perf_wants(const struct okb_event *event)
{
	return false;
}

static bool emit_to_perf(struct okb_event *event, u32 size, const void *record)
{
	return true;
}
#endif

notrace bool okb_event_wanted(const struct okb_event *event)
{
	return !list_empty(&event->files) || perf_wants(event);
}

static bool emit_to_file(struct okb_event *event, struct trace_event_file *file, u32 size, const void *record)
{
	struct trace_event_buffer buffer;
	void *entry;

	if (trace_trigger_soft_disabled(file))
		return true;
	entry = trace_event_buffer_reserve(&buffer, file, size);
	if (!entry)
		return false;
	oriel_event_pack(event->description->owner, record, entry, size);
	trace_event_buffer_commit(&buffer);
	return true;
}

notrace u32 okb_event_emit(struct okb_event *event, u32 size, const void *record)
{
	struct event_file *entry;
	u32 lost = 0;
	ORIEL_AS_A_PROBE();

	list_for_each_entry_rcu(entry, &event->files, link, true)
		lost += !emit_to_file(event, entry->file, size, record);
	if (perf_wants(event))
		lost += !emit_to_perf(event, size, record);
	return lost;
}
