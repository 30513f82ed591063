/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel log.  Context: process (the core logs nothing from a probe). */
#ifndef ORIEL_OKB_LOG_H
#define ORIEL_OKB_LOG_H

#include "bindings/okb_base.h"

OKB_BEGIN

/* One line at KERN_INFO: "oriel: SUBJECT: MESSAGE", or without subject if that is NULL. */
void okb_log_info(const char *subject, const char *message);
/* What was refused, at KERN_WARNING: "oriel: SUBJECT: DETAIL: REASON"; the detail may be NULL. */
void okb_log_refusal(const char *subject, const char *detail, const char *reason);
/* A broken invariant of our own: says where and stops the machine's current task with a splat. */
void okb_bug(const char *what);

OKB_END

#endif
