/* SPDX-License-Identifier: GPL-2.0 */
/* oriel:lender, the event inside whose `reg` method we hold the kernel's event_mutex; see okb_event.h.  It is never emitted. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM oriel

#if !defined(ORIEL_OKB_LENDER_H) || defined(TRACE_HEADER_MULTI_READ)
#define ORIEL_OKB_LENDER_H

#include <linux/tracepoint.h>

TRACE_EVENT(lender,
	TP_PROTO(int unused),
	TP_ARGS(unused),
	TP_STRUCT__entry(__field(int, unused)),
	TP_fast_assign(__entry->unused = unused;),
	TP_printk("unused=%d", __entry->unused)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH bindings
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE okb_lender
#include <trace/define_trace.h>
