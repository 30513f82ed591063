/* SPDX-License-Identifier: GPL-2.0 */
/* clang-format off: TRACE_EVENT() is laid out as the kernel lays it out */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ticker

#if !defined(TICKER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TICKER_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(ticker_tick, TP_PROTO(unsigned int count, unsigned long late), TP_ARGS(count, late),
	    TP_STRUCT__entry(__field(unsigned int, count) __field(unsigned long, late)),
	    TP_fast_assign(__entry->count = count; __entry->late = late;), TP_printk("count=%u late=%lu", __entry->count, __entry->late));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE ticker_trace
#include <trace/define_trace.h>
