/* SPDX-License-Identifier: GPL-2.0 */
/* TRACE_EVENT() is laid out as the kernel lays it out: clang-format 14 wants the next line alone. */
/* clang-format off */
/* Trace events oriel:fs_*.  Inode numbers and devices are those that stat(2) tells of a file of ours; bytes; results as a system call's. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM oriel

#if !defined(ORIEL_OKB_FS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ORIEL_OKB_FS_TRACE_H

#include <linux/fs.h>
#include <linux/tracepoint.h>

#include <linux/falloc.h> /* wants types of the others */

#include "bindings/fs/okb_cut.h"

#define OKB_FS_FIELDS __field(dev_t, dev) __field(u64, ino)
#define OKB_FS_OF(inode) (__entry->dev = (inode)->i_sb->s_dev, __entry->ino = (inode)->i_ino)
#define OKB_FS_SHOWN MAJOR(__entry->dev), MINOR(__entry->dev), (unsigned long long)__entry->ino

/* A request is handed to the lower. */
TRACE_EVENT(fs_request,
	TP_PROTO(const struct inode *inode, const struct kiocb *request, size_t length, bool writes),
	TP_ARGS(inode, request, length, writes),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(s64, pos) __field(u64, length) __field(bool, writes) __field(bool, direct)
		__field(bool, nowait) __field(bool, async)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->pos = request->ki_pos; __entry->length = length; __entry->writes = writes;
		__entry->direct = request->ki_flags & IOCB_DIRECT; __entry->nowait = request->ki_flags & IOCB_NOWAIT;
		__entry->async = request->ki_complete;),
	TP_printk("dev=%u:%u ino=%llu %s pos=%lld length=%llu%s%s%s", OKB_FS_SHOWN, __entry->writes ? "write" : "read", __entry->pos,
		__entry->length, __entry->direct ? " direct" : "", __entry->nowait ? " nowait" : "", __entry->async ? " async" : "")
);

/* The lower has answered, or has finished what it had queued. */
TRACE_EVENT(fs_done,
	TP_PROTO(const struct inode *inode, const struct kiocb *request, ssize_t result, bool writes),
	TP_ARGS(inode, request, result, writes),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(s64, pos) __field(s64, result) __field(bool, writes)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->pos = request->ki_pos; __entry->result = result; __entry->writes = writes;),
	TP_printk("dev=%u:%u ino=%llu %s end=%lld result=%lld", OKB_FS_SHOWN, __entry->writes ? "write" : "read", __entry->pos,
		__entry->result)
);

/* A file got pages of ours, or lost them, or was cut for the first time while it had none.  `mode` is that of struct oriel_fs_look. */
TRACE_EVENT(fs_mode,
	TP_PROTO(const struct inode *inode, u32 mode),
	TP_ARGS(inode, mode),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(u32, mode) __field(s64, size)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->mode = mode; __entry->size = i_size_read(inode);),
	TP_printk("dev=%u:%u ino=%llu %s size=%lld", OKB_FS_SHOWN,
		__print_symbolic(__entry->mode, {0, "identity"}, {1, "piecewise"}, {2, "cached"}), __entry->size)
);

/* A range of a cut file was taken out, put in, or made to read as zeros; or that failed.  `mode` is that of fallocate(2). */
TRACE_EVENT(fs_cut,
	TP_PROTO(const struct inode *inode, int mode, loff_t pos, loff_t length, bool first, int result),
	TP_ARGS(inode, mode, pos, length, first, result),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(s64, pos) __field(u64, length) __field(s64, result) __field(u32, mode) __field(bool, first)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->pos = pos; __entry->length = length; __entry->result = result; __entry->mode = mode;
		__entry->first = first;),
	TP_printk("dev=%u:%u ino=%llu %s pos=%lld length=%llu result=%lld%s", OKB_FS_SHOWN,
		__print_symbolic(__entry->mode & ~FALLOC_FL_KEEP_SIZE, {0, "allocate"}, {FALLOC_FL_COLLAPSE_RANGE, "cut"},
			{FALLOC_FL_INSERT_RANGE, "insert"}, {FALLOC_FL_PUNCH_HOLE, "punch"}, {FALLOC_FL_ZERO_RANGE, "zero"}),
		__entry->pos, __entry->length, __entry->result, __entry->first ? " first" : "")
);

/* Changes of a cut file became durable, or did not. */
TRACE_EVENT(fs_commit,
	TP_PROTO(const struct inode *inode, const struct okb_commit *commit),
	TP_ARGS(inode, commit),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(u64, changes) __field(s64, result) __field(u32, written) __field(bool, checkpoint)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->changes = commit->changes; __entry->result = commit->status;
		__entry->written = commit->written; __entry->checkpoint = commit->checkpoint;),
	TP_printk("dev=%u:%u ino=%llu %s written=%u changes=%llu result=%lld", OKB_FS_SHOWN,
		__entry->checkpoint ? "checkpoint" : "log", __entry->written, __entry->changes, __entry->result)
);

/* Small extents of a cut file were copied together. */
TRACE_EVENT(fs_compact,
	TP_PROTO(const struct inode *inode, u64 pos, u64 length, u32 extents),
	TP_ARGS(inode, pos, length, extents),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(s64, pos) __field(u64, length) __field(u32, extents)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->pos = pos; __entry->length = length; __entry->extents = extents;),
	TP_printk("dev=%u:%u ino=%llu pos=%lld length=%llu extents=%u", OKB_FS_SHOWN, __entry->pos, __entry->length, __entry->extents)
);

/* A page of ours was written to the lower. */
TRACE_EVENT(fs_writeback,
	TP_PROTO(const struct inode *inode, loff_t pos, ssize_t result),
	TP_ARGS(inode, pos, result),
	TP_STRUCT__entry(OKB_FS_FIELDS __field(s64, pos) __field(s64, result)),
	TP_fast_assign(OKB_FS_OF(inode); __entry->pos = pos; __entry->result = result;),
	TP_printk("dev=%u:%u ino=%llu pos=%lld result=%lld", OKB_FS_SHOWN, __entry->pos, __entry->result)
);

DECLARE_EVENT_CLASS(oriel_fs_note,
	TP_PROTO(const struct inode *inode),
	TP_ARGS(inode),
	TP_STRUCT__entry(OKB_FS_FIELDS),
	TP_fast_assign(OKB_FS_OF(inode);),
	TP_printk("dev=%u:%u ino=%llu", OKB_FS_SHOWN)
);

/* The lower file was found changed behind our back. */
DEFINE_EVENT(oriel_fs_note, fs_stale, TP_PROTO(const struct inode *inode), TP_ARGS(inode));
/* The caller's memory was taken away again and again, so its data goes through a buffer of the kernel. */
DEFINE_EVENT(oriel_fs_note, fs_bounce, TP_PROTO(const struct inode *inode), TP_ARGS(inode));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH bindings/fs
#define TRACE_INCLUDE_FILE okb_fs_trace
#include <trace/define_trace.h>
