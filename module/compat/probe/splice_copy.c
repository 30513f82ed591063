// SPDX-License-Identifier: GPL-2.0
/* Is there splice_copy_file_range()? */
#include <linux/fs.h>

#include <linux/splice.h> /* wants types of the other */

void *probe(void);
void *probe(void)
{
	return (void *)splice_copy_file_range;
}
