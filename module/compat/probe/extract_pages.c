// SPDX-License-Identifier: GPL-2.0
/* Is there iov_iter_extract_pages()? */
#include <linux/uio.h>

void *probe(void);
void *probe(void)
{
	return (void *)iov_iter_extract_pages;
}
