/* SPDX-License-Identifier: GPL-2.0 */
/* The marker part as its module's main.c starts it, and the probe that client modules are given. */
#ifndef ORIEL_MARKER_ENTRY_H
#define ORIEL_MARKER_ENTRY_H

#include "bindings/okb_base.h"

struct oriel_marker;

OKB_BEGIN

/* Builds the registry, starts to watch modules and finds the markers of those already loaded.  0 or a negative errno. */
int oriel_marker_start(void);
/* No module is watched and no marker can fire into us afterwards.  Nobody may have an event enabled (the module's use count is zero). */
void oriel_marker_stop(void);

/* What a client's record points to.  Context: any, NMI included, preemption off. */
void oriel_marker_probe(struct oriel_marker *record, const unsigned long long *args);

OKB_END

#endif
