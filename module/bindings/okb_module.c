// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "bindings/okb_module.h"

static_assert(MODULE_NAME_LEN <= OKB_MODULE_NAME);
static_assert(BIT(TAINT_PROPRIETARY_MODULE) == okb_taint_proprietary);
static_assert(BIT(TAINT_FORCED_MODULE) == okb_taint_forced);
static_assert(BIT(TAINT_OOT_MODULE) == okb_taint_out_of_tree);
static_assert(BIT(TAINT_UNSIGNED_MODULE) == okb_taint_unsigned);
static_assert(BIT(TAINT_LIVEPATCH) == okb_taint_livepatch);

static struct module *kernel_module(struct okb_module *module)
{
	return (struct module *)module;
}

void okb_module_read(struct okb_module *module, struct okb_module_facts *facts)
{
	struct module *m = kernel_module(module);

	strscpy(facts->name, m->name, sizeof(facts->name));
	facts->taints = m->taints;
	facts->tracepoints = m->num_tracepoints;
	facts->trace_events = m->num_trace_events;
#ifdef CONFIG_MODULE_SIG
	facts->trusted_signature = m->sig_ok;
#else
	facts->trusted_signature = false;
#endif
	facts->coming = READ_ONCE(m->state) == MODULE_STATE_COMING;
	facts->going = READ_ONCE(m->state) == MODULE_STATE_GOING;
}

/* ---- finding: the list of modules is private to the kernel, the kset of their sysfs directories is reachable from our own ---- */

static struct kset *module_directories(void)
{
	return THIS_MODULE->mkobj.kobj.kset;
}

/* `named` is a held reference, dropped here: the kernel frees a module's memory only after the last one to its directory is gone. */
static int visit_named(struct kobject *named, int (*visit)(struct okb_module *, void *), void *argument)
{
	struct module *m = container_of(named, struct module_kobject, kobj)->mod;
	int status = -ENOENT;

	/* Built-in modules have a directory and no struct module. */
	if (m && READ_ONCE(m->state) != MODULE_STATE_GOING)
		status = visit((struct okb_module *)m, argument);
	kobject_put(named);
	return status;
}

int okb_module_with(const char *name, int (*visit)(struct okb_module *, void *), void *argument)
{
	struct kobject *named = kset_find_obj(module_directories(), name);

	return named ? visit_named(named, visit, argument) : -ENOENT;
}

/* Takes references to at most `room` directories; returns how many there are. */
static unsigned int hold_directories(struct kset *set, struct kobject **held, unsigned int room)
{
	struct kobject *k;
	unsigned int n = 0;

	spin_lock(&set->list_lock);
	list_for_each_entry(k, &set->list, entry) {
		if (n < room)
			held[n] = kobject_get_unless_zero(k);
		n++;
	}
	spin_unlock(&set->list_lock);
	return n;
}

/* More than the modules of any machine; bounds the array below. */
#define MAX_DIRECTORIES 16384

int okb_module_for_each(int (*visit)(struct okb_module *, void *), void *argument)
{
	struct kset *set = module_directories();
	unsigned int room = min(hold_directories(set, NULL, 0) + 64, MAX_DIRECTORIES);
	struct kobject **held = kvcalloc(room, sizeof(*held), GFP_KERNEL);
	unsigned int i, n;
	int status = 0;

	if (!held)
		return -ENOMEM;
	n = min(hold_directories(set, held, room), room);
	for (i = 0; i < n; i++) {
		if (!held[i])
			continue;
		if (status) {
			kobject_put(held[i]);
			continue;
		}
		status = visit_named(held[i], visit, argument);
		/* A module on its way out, or built in, is passed over. */
		if (status == -ENOENT)
			status = 0;
	}
	kvfree(held);
	return status;
}

/* ---- jump labels ---- */

void okb_module_for_each_key(struct okb_module *module, void (*visit)(void *, void *), void *argument)
{
#ifdef CONFIG_JUMP_LABEL
	struct module *m = kernel_module(module);
	unsigned int i;

	for (i = 0; i < m->num_jump_entries; i++) {
		struct static_key *key = jump_entry_key(&m->jump_entries[i]);

		if (okb_module_contains(module, key, sizeof(*key)))
			visit(key, argument);
	}
#endif
}

bool okb_module_contains(struct okb_module *module, const void *address, unsigned long size)
{
	struct module *m = kernel_module(module);
	unsigned long first = (unsigned long)address, last;

	if (check_add_overflow(first, size - !!size, &last))
		return false;
	return within_module_core(first, m) && within_module_core(last, m);
}

long okb_module_string(struct okb_module *module, const char *string, unsigned long limit)
{
	unsigned long i;

	for (i = 0; i <= limit; i++) {
		if (!within_module_core((unsigned long)(string + i), kernel_module(module)))
			return -EFAULT;
		if (!string[i])
			return i;
	}
	return -EFAULT;
}

/* ---- taint ---- */

/* Bit by bit and atomically: the kernel sets taints from other places at the same time. */
void okb_module_hide_taint(struct okb_module *module, u64 bits)
{
	unsigned long mask = bits;
	unsigned int bit;

	for_each_set_bit(bit, &mask, TAINT_FLAGS_COUNT)
		clear_bit(bit, &kernel_module(module)->taints);
}

void okb_module_restore_taint(struct okb_module *module, u64 bits)
{
	unsigned long mask = bits;
	unsigned int bit;

	for_each_set_bit(bit, &mask, TAINT_FLAGS_COUNT)
		set_bit(bit, &kernel_module(module)->taints);
}

/* ---- coming and going ---- */

static int notify_first(struct notifier_block *block, unsigned long state, void *data)
{
	if (state == MODULE_STATE_COMING)
		oriel_module_event(data, okb_module_before_coming);
	else if (state == MODULE_STATE_GOING)
		oriel_module_event(data, okb_module_going);
	return NOTIFY_OK;
}

static int notify_last(struct notifier_block *block, unsigned long state, void *data)
{
	if (state == MODULE_STATE_COMING)
		oriel_module_event(data, okb_module_coming);
	else if (state == MODULE_STATE_LIVE)
		oriel_module_event(data, okb_module_live);
	return NOTIFY_OK;
}

/* Jump labels have priority 1, trace events 1, tracepoints 0. */
static struct notifier_block first = {.notifier_call = notify_first, .priority = INT_MAX};
static struct notifier_block last = {.notifier_call = notify_last, .priority = INT_MIN};

int okb_module_watch_start(void)
{
	int status = register_module_notifier(&first);

	if (status)
		return status;
	status = register_module_notifier(&last);
	if (status)
		unregister_module_notifier(&first);
	return status;
}

void okb_module_watch_stop(void)
{
	unregister_module_notifier(&last);
	unregister_module_notifier(&first);
}
