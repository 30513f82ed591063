// SPDX-License-Identifier: GPL-2.0
/* Are folios to be written back iterated over?  From 6.9. */
#include <linux/fs.h>
#include <linux/writeback.h>

void *probe(void);
void *probe(void)
{
	return (void *)writeback_iter;
}
