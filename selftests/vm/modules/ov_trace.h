/* SPDX-License-Identifier: GPL-2.0 */
/* clang-format off: TRACE_EVENT() is laid out as the kernel lays it out */
/* One trace event in a system that the including module names OV_SYSTEM. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM OV_SYSTEM

#if !defined(OV_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OV_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(ov_tick, TP_PROTO(unsigned int number), TP_ARGS(number), TP_STRUCT__entry(__field(unsigned int, number)),
	    TP_fast_assign(__entry->number = number;), TP_printk("number=%u", __entry->number));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE ov_trace
#include <trace/define_trace.h>
