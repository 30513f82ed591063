/* SPDX-License-Identifier: GPL-2.0 */
/* What a part can do on this kernel: facts of the build and of the running kernel, published by netlink and printed by `oriel status`. */
#ifndef ORIEL_OKB_CAPABILITY_H
#define ORIEL_OKB_CAPABILITY_H

#include "bindings/okb_base.h"

struct okb_capability {
	const char *name;
	const char *reason; /* why not, or what it rests on; never NULL */
	u8 available;
};

OKB_BEGIN

/* False past the last one. */
bool okb_capability_at(u32 index, struct okb_capability *capability);
/* The module's own version, as modinfo shows it. */
const char *okb_module_version(void);
/* For main.c: whether the kernel kept our own trace event, on which the others rest. */
void okb_capability_set_events(bool available);

OKB_END

#endif
