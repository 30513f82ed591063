/* SPDX-License-Identifier: GPL-2.0 */
/* clang-format off: TRACE_EVENT() is laid out as the kernel lays it out */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM om_victim

#if !defined(OM_VICTIM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OM_VICTIM_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(om_request, TP_PROTO(unsigned int number, const char *direction), TP_ARGS(number, direction),
	    TP_STRUCT__entry(__field(unsigned int, number) __array(char, direction, 8)),
	    TP_fast_assign(__entry->number = number; strscpy(__entry->direction, direction, sizeof(__entry->direction));),
	    TP_printk("number=%u direction=%s", __entry->number, __entry->direction));

TRACE_EVENT(om_done, TP_PROTO(unsigned int number), TP_ARGS(number), TP_STRUCT__entry(__field(unsigned int, number)),
	    TP_fast_assign(__entry->number = number;), TP_printk("number=%u", __entry->number));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE om_victim_trace
#include <trace/define_trace.h>
