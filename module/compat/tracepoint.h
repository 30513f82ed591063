/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/tracepoint.h> of the newest kernel.  Probes run inside tracepoint_srcu and not with preemption off: between 6.12 and 7.2. */
#ifndef ORIEL_COMPAT_TRACEPOINT_H
#define ORIEL_COMPAT_TRACEPOINT_H

#include <linux/tracepoint.h>

/*
 * Last among the declarations of a function that does what a trace event's probe does, with preemption off: to its end, what the kernel
 * frees after tracepoint_synchronize_unregister() stays (filters, triggers, lists of PIDs).  Context: any, NMI included.
 */
#ifdef ORIEL_HAVE_TRACEPOINT_SRCU
#define ORIEL_AS_A_PROBE() guard(srcu_fast_notrace)(&tracepoint_srcu)
#else
#define ORIEL_AS_A_PROBE() \
	do { \
	} while (0)
#endif

#endif
