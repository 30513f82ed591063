/* SPDX-License-Identifier: GPL-2.0 */
/* clang-format off: TRACE_EVENT() is laid out as the kernel lays it out */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM om_bench

#if !defined(OM_BENCH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OM_BENCH_TRACE_H

#include <linux/tracepoint.h>
#include <linux/version.h>

/* __assign_str() lost its second argument in 6.10, upstream 2c92ca849fcc. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define om_assign_string(field, value) __assign_str(field)
#else
#define om_assign_string(field, value) __assign_str(field, value)
#endif

TRACE_EVENT(om_bench_event, TP_PROTO(int count, const char *name), TP_ARGS(count, name),
	    TP_STRUCT__entry(__field(int, count) __string(name, name)),
	    TP_fast_assign(__entry->count = count; om_assign_string(name, name);),
	    TP_printk("count=%d name=%s", __entry->count, __get_str(name)));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE om_bench_trace
#include <trace/define_trace.h>
