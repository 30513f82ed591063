/* SPDX-License-Identifier: GPL-2.0 */
/* struct mutex, inside a C++ object.  Used through kcore/locked.h. */
#ifndef ORIEL_OKB_MUTEX_H
#define ORIEL_OKB_MUTEX_H

#include "bindings/okb_base.h"

/* Room for struct mutex with lockdep and debugging, in bytes. */
#define OKB_MUTEX_SIZE 192

/* One lockdep class per kind of lock; in the order in which they nest, outermost first (Documentation/explanation/locking.md). */
enum okb_mutex_class {
	okb_mutex_registry,
	okb_mutex_sites,
	okb_mutex_classes,
};

OKB_BEGIN

void okb_mutex_init(void *storage, enum okb_mutex_class lock_class);
void okb_mutex_lock(void *storage);
void okb_mutex_unlock(void *storage);

OKB_END

#endif
