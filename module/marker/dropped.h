/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events that the kernel dropped because of a module's taint, and the two ways in which we wake them:
 *	late registration	for a module that is loaded (wake())
 *	the taint window	for one yet to load: its taint is hidden from the kernel's own code while that looks (open_/close_window())
 * Both only where every structure of the module lies where this kernel's headers say, for a module built for another layout would crash.
 */
#pragma once

#include "bindings/okb_event.h"
#include "bindings/okb_module.h"
#include "kcore/context.h"
#include "kcore/list.h"
#include "kcore/result.h"
#include "kcore/text.h"

namespace oriel {

enum class event_state : u8 {
	live,      /* in tracefs */
	dropped,   /* not in tracefs, and can be woken */
	untrusted, /* not in tracefs, and its layout is not what this kernel expects */
};

struct module_event {
	event_state state;
	const char *system; /* NULL where the name itself cannot be trusted */
	const char *name;
	const char *reason; /* for untrusted: what does not fit */
};

/* False if there is no event of that index. */
bool read_module_event(okb_module *module, u32 index, module_event &event);

struct wake_result {
	u32 woken = 0;
	u32 live = 0;            /* matched, and was in tracefs already */
	u32 untrusted = 0;       /* matched or nameless, and refused */
	u32 failed = 0;          /* matched, and the kernel would not have it */
	const char *reason = ""; /* of the last that was refused or failed */
	error problem{errc::bad_message};
};

/* Registers the module's dropped events whose "system:name" matches `pattern`. */
void wake_events(const process_context &ctx, okb_module *module, text pattern, wake_result &out);

/* One module whose taint is to be hidden when it loads. */
struct allowed_module : list_node<allowed_module> {
	name<OKB_MODULE_NAME> module;
};

/* Taints that the kernel does not hold against a module's trace events (kernel/tracepoint.c, trace_module_has_bad_taint()): all others
 * that can stand on a module that loads are hidden in the window. */
inline constexpr u64 hidden_taints = okb_taint_forced | okb_taint_livepatch;

/* Returns the bits that were hidden, for close_taint_window(); 0, with the reason logged, if the window stays shut. */
u64 open_taint_window(const process_context &ctx, okb_module *module, const okb_module_facts &facts);
void close_taint_window(const process_context &ctx, okb_module *module, const okb_module_facts &facts, u64 hidden);

} // namespace oriel
