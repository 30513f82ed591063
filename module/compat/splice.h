/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/splice.h> of the newest kernel.  6.5 renamed what reads into pages of its own, and kept the name for what takes them from a cache. */
#ifndef ORIEL_COMPAT_SPLICE_H
#define ORIEL_COMPAT_SPLICE_H

#include <linux/splice.h>

#ifndef ORIEL_HAVE_COPY_SPLICE_READ
#define copy_splice_read generic_file_splice_read
#endif

#endif
