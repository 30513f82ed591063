/* SPDX-License-Identifier: GPL-2.0 */
/* For bindings only: running work with the kernel's event_mutex held. */
#ifndef ORIEL_OKB_EVENT_MUTEX_H
#define ORIEL_OKB_EVENT_MUTEX_H

/* Runs `work` once under event_mutex and returns what it returns; -ENODEV if the lender does not answer.  Context: process. */
int okb_with_event_mutex(int (*work)(void *argument), void *argument);

#endif
