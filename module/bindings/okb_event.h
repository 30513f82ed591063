/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events made at run time: typed, in tracefs, and seen by perf and BPF like a TRACE_EVENT.
 *
 * The kernel adds an event only under its event_mutex, which no module can take.  It does call the `reg` method of an event class with that
 * mutex held, so the work is done inside the `reg` of an event of our own, oriel:lender, that is switched on and off for it.  A loan takes
 * its time and everybody else who traces waits for it: what is to be done for many events is done in one.
 *
 * Lifetime: while anyone has the event enabled (tracefs, perf, BPF), it holds a reference on oriel.ko, so that the module cannot go.
 * Locking: never borrow event_mutex with a lock held that oriel_event_used() takes.
 */
#ifndef ORIEL_OKB_EVENT_H
#define ORIEL_OKB_EVENT_H

#include "bindings/okb_base.h"

/* Bytes of the common header in front of an event's own fields: struct trace_entry of include/linux/trace_events.h. */
#define OKB_EVENT_HEADER 8
/* Largest whole record, in bytes: fits a ring-buffer page and PERF_MAX_TRACE_SIZE. */
#define OKB_EVENT_MAX_RECORD 2048
#define OKB_EVENT_MAX_FIELDS 12

struct okb_event;
struct okb_module;
struct okb_seq; /* the kernel's struct trace_seq */

/* Strings live as long as the event. */
struct okb_event_field {
	const char *type; /* C type, as in the event's format file */
	const char *name;
	u16 offset; /* bytes from the start of the record */
	u16 size;   /* bytes; 4 for a string: offset and length of its data */
	u8 is_signed;
	u8 is_string;
};

struct okb_event_description {
	const char *system;
	const char *name;
	const char *print_format; /* for the format file: what user space prints the record with */
	struct okb_event_field fields[OKB_EVENT_MAX_FIELDS];
	u32 field_count;
	void *owner; /* handed back to the oriel_event_*() functions */
};

OKB_BEGIN

/* Starts and stops lending.  -ENODEV: the kernel has dropped our own lender, because oriel.ko itself has a bad taint. */
int okb_event_start(void);
void okb_event_stop(void);

/* Runs `work` once under event_mutex and returns what it returns; -ENODEV if the lender does not answer.  Context: process. */
int okb_with_event_mutex(int (*work)(void *argument), void *argument);

/* Context: process, event_mutex not held. */
bool okb_event_is_there(const char *system, const char *name);
/* Makes an event that is not in tracefs yet.  -EEXIST: the kernel has one of that name.  `description` must outlive the event.
 * Context: process, event_mutex not held. */
int okb_event_create(const struct okb_event_description *description, struct okb_event **event);
/* Puts it into tracefs.  Context: process, event_mutex held. */
int okb_event_add(struct okb_event *event);
/* Takes it out.  -EBUSY: somebody has it enabled, or has something of ours that may lead to it; nothing changed.  Context: process, event_mutex held. */
int okb_event_remove(struct okb_event *event);
/* After events were taken out, before the first of them is freed: empties the buffers in which their records may lie, and waits until no
 * probe looks at them.  Context: process, event_mutex not held. */
void okb_events_removed(void);
/* Of an event that is not in tracefs. */
void okb_event_free(struct okb_event *event);

/* Whether a record would reach anybody.  Context: any, preemption off. */
bool okb_event_wanted(const struct okb_event *event);
/* Writes one record of `size` bytes to everybody who has the event enabled; calls oriel_event_pack() for each.  Returns how many had no
 * room.  Context: any, NMI included, preemption off. */
u32 okb_event_emit(struct okb_event *event, u32 size, const void *record);

void okb_seq_text(struct okb_seq *seq, const char *text);
/* `format`: one printk conversion that takes an unsigned long long. */
void okb_seq_number(struct okb_seq *seq, const char *format, u64 value);
void okb_seq_pointer(struct okb_seq *seq, u64 value);

/* ---- trace events of other modules that the kernel dropped ---- */

/* What of a module's trace event lies where this kernel's headers say that it should. */
enum okb_layout {
	okb_layout_call = 1 << 0,    /* the call itself and its tracepoint, in the module */
	okb_layout_class = 1 << 1,   /* its class, in the module */
	okb_layout_methods = 1 << 2, /* reg and raw_init are the kernel's own functions, the probes are the module's */
	okb_layout_names = 1 << 3,   /* system and name, strings in the module */
	okb_layout_output = 1 << 4,  /* output functions and print format, in the module */
	okb_layout_fields = 1 << 5,  /* every field description, well formed */
	okb_layout_all = (1 << 6) - 1,
};

struct okb_trace_event {
	u32 layout;    /* bits of enum okb_layout; names are valid only with okb_layout_names */
	u8 registered; /* in tracefs */
	const char *system;
	const char *name;
};

/* `index` < trace_events of the module's facts.  False if there is no such entry. */
bool okb_module_trace_event(struct okb_module *module, u32 index, struct okb_trace_event *event);
/* Registers it as the kernel would have.  Layout must have been found whole.  -EEXIST: the kernel has another event of that name.
 * Context: process. */
int okb_module_trace_event_add(struct okb_module *module, u32 index);

/* Core.  Context: any, NMI included, preemption off. */
void oriel_event_pack(void *owner, const void *record, void *entry, u32 size);
/* Core.  One record as text; `size` is that of the whole record in bytes.  Context: process. */
void oriel_event_print(void *owner, struct okb_seq *seq, const void *entry, u32 size);
/* Core.  The first user has come (true) or the last has gone.  Context: process, event_mutex held. */
void oriel_event_used(void *owner, bool used);

OKB_END

#endif
