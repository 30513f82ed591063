/* SPDX-License-Identifier: GPL-2.0 */
/* Static keys of other modules, per-CPU counters and the clock: the small change of a marker. */
#ifndef ORIEL_OKB_KEY_H
#define ORIEL_OKB_KEY_H

#include "bindings/okb_base.h"

enum okb_count {
	okb_count_hits,     /* times the marker fired while on */
	okb_count_filtered, /* of these, turned away by a filter */
	okb_count_limited,  /* turned away by a rate limit */
	okb_count_lost,     /* let through, and no room in a buffer */
	okb_counts,
};

struct okb_counters;

OKB_BEGIN

/* `key` is a struct static_key that is off by default.  Both are idempotent.  Context: process; patches code on all processors. */
void okb_key_enable(void *key);
void okb_key_disable(void *key);

/* Per-CPU; NULL if there is no memory.  Context: process. */
struct okb_counters *okb_counters_alloc(void);
void okb_counters_free(struct okb_counters *counters);
/* Context: any, NMI included. */
void okb_counters_add(struct okb_counters *counters, enum okb_count which);
/* Sums over the processors; not a snapshot. */
u64 okb_counters_read(struct okb_counters *counters, enum okb_count which);

/* Monotonic, in nanoseconds.  Context: any, NMI included. */
u64 okb_clock_ns(void);

OKB_END

#endif
