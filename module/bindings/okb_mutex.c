// SPDX-License-Identifier: GPL-2.0
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "bindings/okb_mutex.h"

static_assert(sizeof(struct mutex) <= OKB_MUTEX_SIZE);
static_assert(__alignof__(struct mutex) <= 8);

static struct lock_class_key class_keys[okb_mutex_classes];
static const char *const class_names[okb_mutex_classes] = {
	[okb_mutex_registry] = "oriel_registry",
	[okb_mutex_sites] = "oriel_sites",
};

void okb_mutex_init(void *storage, enum okb_mutex_class lock_class)
{
	__mutex_init(storage, class_names[lock_class], &class_keys[lock_class]);
}

void okb_mutex_lock(void *storage)
{
	mutex_lock(storage);
}

void okb_mutex_unlock(void *storage)
{
	mutex_unlock(storage);
}
