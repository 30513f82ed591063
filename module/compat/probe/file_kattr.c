// SPDX-License-Identifier: GPL-2.0
/* Is it called struct file_kattr? */
#include <linux/fs.h>
#include <linux/fileattr.h>

unsigned long probe(void);
unsigned long probe(void)
{
	return sizeof(struct file_kattr);
}
