/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/filelock.h> of the newest kernel.  Before 6.3 (5970e15dbcfe) it was part of <linux/fs.h>. */
#ifndef ORIEL_COMPAT_FILELOCK_H
#define ORIEL_COMPAT_FILELOCK_H

#include <linux/fs.h>
#if __has_include(<linux/filelock.h>)
#include <linux/filelock.h>
#endif

#endif
