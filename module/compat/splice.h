/* SPDX-License-Identifier: GPL-2.0 */
/*
 * <linux/splice.h> of the newest kernel.  Before 6.5 an iterator may stand for a pipe;
 * 6.8 replaced what copies by splicing, with the superblock kept from being frozen.
 */
#ifndef ORIEL_COMPAT_SPLICE_H
#define ORIEL_COMPAT_SPLICE_H

#include <linux/fs.h>
#include <linux/splice.h>
#include <linux/uio.h>

/* Whether pages are to be put into a pipe, instead of bytes into memory. */
static inline bool oriel_is_pipe(const struct iov_iter *iter)
{
#ifdef ORIEL_HAVE_COPY_SPLICE_READ
	return false;
#else
	return iov_iter_is_pipe(iter);
#endif
}

#ifndef ORIEL_HAVE_SPLICE_COPY
static inline long splice_copy_file_range(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out, size_t len)
{
	return generic_copy_file_range(in, pos_in, out, pos_out, len, 0);
}
#endif

#endif
