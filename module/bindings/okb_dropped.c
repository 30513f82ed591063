// SPDX-License-Identifier: GPL-2.0
/* The second half of okb_event.h: trace events of other modules.  Facts only; whether they are trusted is decided in module/marker/. */
#include <linux/module.h>
#include <linux/trace_events.h>

#include "bindings/okb_event.h"
#include "bindings/okb_module.h"

/* More fields than any TRACE_EVENT has; bounds the walk over a table whose end may be missing. */
#define MAX_FIELDS 128
#define MAX_NAME 128
#define MAX_PRINT_FORMAT 65536

static bool holds(struct okb_module *module, const void *address, unsigned long size)
{
	return okb_module_contains(module, address, size);
}

static bool is_name(struct okb_module *module, const char *name)
{
	return okb_module_string(module, name, MAX_NAME) > 0;
}

static bool field_is_well_formed(struct okb_module *module, const struct trace_event_fields *field)
{
	if (field->type == TRACE_FUNCTION_TYPE)
		return holds(module, field->define_fields, 1);
	return is_name(module, field->type) && is_name(module, field->name) && field->size >= 0 && field->size <= PAGE_SIZE &&
	       field->align > 0 && field->align <= PAGE_SIZE;
}

static bool fields_are_well_formed(struct okb_module *module, const struct trace_event_fields *field)
{
	unsigned int i;

	for (i = 0; i < MAX_FIELDS; i++, field++) {
		if (!holds(module, field, sizeof(*field)))
			return false;
		if (!field->type)
			return true;
		if (!field_is_well_formed(module, field))
			return false;
	}
	return false;
}

static bool call_is_in_place(struct okb_module *module, const struct trace_event_call *call)
{
	return holds(module, call, sizeof(*call)) && (call->flags & TRACE_EVENT_FL_TRACEPOINT) &&
	       holds(module, call->tp, sizeof(*call->tp));
}

static bool probes_are_the_modules(struct okb_module *module, const struct trace_event_class *class)
{
#ifdef CONFIG_PERF_EVENTS
	if (!holds(module, class->perf_probe, 1))
		return false;
#endif
	return holds(module, class->probe, 1);
}

static bool methods_are_the_kernels(struct okb_module *module, const struct trace_event_class *class)
{
	return class->reg == trace_event_reg && class->raw_init == trace_event_raw_init && !class->get_fields &&
	       probes_are_the_modules(module, class);
}

static u32 layout_of(struct okb_module *module, const struct trace_event_call *call)
{
	const struct trace_event_class *class = call->class;
	u32 layout = okb_layout_call;

	if (!holds(module, class, sizeof(*class)))
		return layout;
	layout |= okb_layout_class;
	if (methods_are_the_kernels(module, class))
		layout |= okb_layout_methods;
	if (is_name(module, class->system) && is_name(module, call->tp->name))
		layout |= okb_layout_names;
	if (holds(module, call->event.funcs, sizeof(*call->event.funcs)) && holds(module, call->event.funcs->trace, 1) &&
	    okb_module_string(module, call->print_fmt, MAX_PRINT_FORMAT) > 0)
		layout |= okb_layout_output;
	if (fields_are_well_formed(module, class->fields_array))
		layout |= okb_layout_fields;
	return layout;
}

static struct trace_event_call *call_at(struct okb_module *module, u32 index)
{
	struct module *m = (struct module *)module;

	if (index >= m->num_trace_events || !holds(module, m->trace_events + index, sizeof(*m->trace_events)))
		return NULL;
	return m->trace_events[index];
}

static bool is_registered(const struct trace_event_call *call)
{
	return call->event.type && call->list.next;
}

bool okb_module_trace_event(struct okb_module *module, u32 index, struct okb_trace_event *event)
{
	struct trace_event_call *call = call_at(module, index);

	*event = (struct okb_trace_event){};
	if (!call)
		return false;
	/* Our own event, the lender, has no tracepoint; nothing needs to be asked about its layout. */
	if ((struct module *)module == THIS_MODULE) {
		*event = (struct okb_trace_event){.registered = is_registered(call), .system = call->class->system, .name = call->name};
		return true;
	}
	if (!call_is_in_place(module, call))
		return true;
	event->layout = layout_of(module, call);
	event->registered = is_registered(call);
	if (event->layout & okb_layout_names) {
		event->system = call->class->system;
		event->name = call->tp->name;
	}
	return true;
}

struct addition {
	struct module *module;
	struct trace_event_call *call;
};

/* Another caller may have been faster, and the kernel does not take an event away from a module whose going it has seen to. */
static int add_call(void *argument)
{
	struct addition *a = argument;
	int status;

	if (READ_ONCE(a->module->state) == MODULE_STATE_GOING)
		return -ENOENT;
	if (is_registered(a->call))
		return 0;
	status = trace_add_event_call(a->call);
	/* With its module set, the kernel itself takes the event away when the module goes. */
	if (!status)
		a->call->module = a->module;
	return status;
}

int okb_module_trace_event_add(struct okb_module *module, u32 index)
{
	struct addition a = {.module = (struct module *)module, .call = call_at(module, index)};

	/* Asked again afterwards: it may be there because another caller was faster. */
	if (a.call && !is_registered(a.call) && okb_event_is_there(a.call->class->system, a.call->tp->name) && !is_registered(a.call))
		return -EEXIST;
	return a.call ? okb_with_event_mutex(add_call, &a) : -ENOENT;
}
