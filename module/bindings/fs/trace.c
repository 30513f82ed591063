// SPDX-License-Identifier: GPL-2.0
/* Where the trace events of okb_fs_trace.h are. */
#define CREATE_TRACE_POINTS
#include "bindings/fs/okb_fs_trace.h"
