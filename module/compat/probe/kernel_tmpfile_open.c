// SPDX-License-Identifier: GPL-2.0
/* Is it called kernel_tmpfile_open()?  From 6.6. */
#include <linux/fs.h>

void *probe(void);
void *probe(void)
{
	return (void *)kernel_tmpfile_open;
}
