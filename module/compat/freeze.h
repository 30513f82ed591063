/* SPDX-License-Identifier: GPL-2.0 */
/* What freezing and thawing are given: from 6.6 who does it, from 6.16 also an owner. */
#ifndef ORIEL_COMPAT_FREEZE_H
#define ORIEL_COMPAT_FREEZE_H

#include <linux/fs.h>

#if defined(ORIEL_HAVE_FREEZE_OWNER)
#define ORIEL_FREEZE_PARAMETERS struct super_block *sb, enum freeze_holder who, const void *owner
#define ORIEL_FREEZE_ARGUMENTS(sb) sb, who, owner
#elif defined(ORIEL_HAVE_FREEZE_HOLDER)
#define ORIEL_FREEZE_PARAMETERS struct super_block *sb, enum freeze_holder who
#define ORIEL_FREEZE_ARGUMENTS(sb) sb, who
#else
#define ORIEL_FREEZE_PARAMETERS struct super_block *sb
#define ORIEL_FREEZE_ARGUMENTS(sb) sb
#endif

#endif
