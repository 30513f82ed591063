/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loaded modules: finding them, what the kernel knows of them, their jump-table entries, and hearing of them as they come and go.
 *
 * struct okb_module is the kernel's struct module.  A pointer to one is valid inside the callback that handed it out; nothing here keeps
 * one longer.
 */
#ifndef ORIEL_OKB_MODULE_H
#define ORIEL_OKB_MODULE_H

#include "bindings/okb_base.h"

/* Size of a module's name with its NUL; MODULE_NAME_LEN of include/linux/module.h is at most this. */
#define OKB_MODULE_NAME 64

struct okb_module;

/* Bits of /proc/sys/kernel/tainted, the same on all kernels (Documentation/admin-guide/tainted-kernels.rst). */
enum okb_taint {
	okb_taint_proprietary = 1u << 0,
	okb_taint_forced = 1u << 1,
	okb_taint_out_of_tree = 1u << 12,
	okb_taint_unsigned = 1u << 13,
	okb_taint_livepatch = 1u << 15,
};

struct okb_module_facts {
	char name[OKB_MODULE_NAME];
	u64 taints;           /* the module's own, as bits of enum okb_taint */
	u32 tracepoints;      /* how many the module defines */
	u32 trace_events;     /* how many trace events it defines */
	u8 trusted_signature; /* signed by a key that the kernel trusts */
	u8 coming;            /* its init has not returned yet */
	u8 going;             /* its exit has begun, or its init has failed */
};

enum okb_module_stage {
	okb_module_before_coming, /* relocated, nobody has looked at it: before all other notifiers */
	okb_module_coming,        /* all others have: jump labels and trace events are set up, its init has not run */
	okb_module_live,          /* its init has returned */
	okb_module_going,         /* its exit has returned, or its init has failed: before all other notifiers */
};

OKB_BEGIN

void okb_module_read(struct okb_module *module, struct okb_module_facts *facts);

/*
 * Calls `visit` for every loaded module; stops at the first non-zero return and returns it, or -ENOMEM.  Context: process.
 *
 * The module's memory stays meanwhile, but it may begin to go at any moment: no reference is taken that would make somebody's rmmod fail.
 * Who keeps something of it reads facts.going under a lock that oriel_module_event() takes as well, so that its going is still to come.
 */
int okb_module_for_each(int (*visit)(struct okb_module *module, void *argument), void *argument);
/* The same for one module by name; -ENOENT if it is not loaded. */
int okb_module_with(const char *name, int (*visit)(struct okb_module *module, void *argument), void *argument);

/* Calls `visit` with the key of each jump-table entry that lies in the module's own lasting data, in ascending order; a key with several
 * entries is seen several times.  Context: process. */
void okb_module_for_each_key(struct okb_module *module, void (*visit)(void *key, void *argument), void *argument);

/* Whether [address, address + size) lies in the part of the module that stays after its init. */
bool okb_module_contains(struct okb_module *module, const void *address, unsigned long size);
/* Length of a string inside the module, without its NUL, or -EFAULT if it leaves the module or is longer than `limit`. */
long okb_module_string(struct okb_module *module, const char *string, unsigned long limit);

/* Takes bits away from the module's own taint, and gives them back.  The kernel's global taint is not touched. */
void okb_module_hide_taint(struct okb_module *module, u64 bits);
void okb_module_restore_taint(struct okb_module *module, u64 bits);

/* Starts and ends the calls of oriel_module_event().  After the stop none is running. */
int okb_module_watch_start(void);
void okb_module_watch_stop(void);

/* Core.  Context: process, from the module notifier chain; the module may not be unloaded meanwhile. */
void oriel_module_event(struct okb_module *module, enum okb_module_stage stage);

OKB_END

#endif
