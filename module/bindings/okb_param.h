/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters. */
#ifndef ORIEL_OKB_PARAM_H
#define ORIEL_OKB_PARAM_H

#include "bindings/okb_base.h"

OKB_BEGIN

/* Core.  `value`: as written, with or without a newline at its end.  0 or -EINVAL.  Context: process; also before the module's init. */
int oriel_marker_policy_set(const char *value);
const char *oriel_marker_policy_get(void);

OKB_END

#endif
