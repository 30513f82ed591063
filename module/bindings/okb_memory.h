/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's heap.  Used through kcore/memory.h, which takes the context token. */
#ifndef ORIEL_OKB_MEMORY_H
#define ORIEL_OKB_MEMORY_H

#include "bindings/okb_base.h"

OKB_BEGIN

/* Zeroed memory of `size` bytes, aligned to 8, or NULL.  Context: may sleep; GFP_KERNEL, which memalloc_nofs_save() weakens. */
void *okb_alloc(unsigned long size);
/* NULL is allowed.  Context: any but NMI. */
void okb_free(void *memory);

/*
 * Waits until every code path that had preemption disabled when this was called is through: afterwards nobody holds a pointer that was
 * unpublished before the call.  Context: process, may sleep for tens of milliseconds.
 */
void okb_synchronize(void);

OKB_END

#endif
