/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/uio.h> of the newest kernel: 6.3 (7d58fe731028) has direct I/O pin a caller's pages where it took references before. */
#ifndef ORIEL_COMPAT_PIN_H
#define ORIEL_COMPAT_PIN_H

#include <linux/mm.h>
#include <linux/uio.h>

/* At most `most` pages of user memory from where the iterator stands, which is advanced.  Return: bytes, from `offset` of the first page. */
static inline ssize_t oriel_pin(struct iov_iter *iter, struct page **pages, unsigned int most, size_t *offset)
{
#ifdef ORIEL_HAVE_EXTRACT_PAGES
	return iov_iter_extract_pages(iter, &pages, SIZE_MAX, most, 0, offset);
#else
	return iov_iter_get_pages2(iter, pages, SIZE_MAX, most, offset);
#endif
}

/* Context: any. */
static inline void oriel_unpin(struct page *page)
{
#ifdef ORIEL_HAVE_EXTRACT_PAGES
	unpin_user_page(page);
#else
	put_page(page);
#endif
}

#endif
