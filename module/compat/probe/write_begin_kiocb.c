// SPDX-License-Identifier: GPL-2.0
/* Is write_begin() told the request?  Between 6.12 and 7.2. */
#include <linux/fs.h>

int probe(const struct address_space_operations *operations, const struct kiocb *request, struct address_space *mapping);
int probe(const struct address_space_operations *operations, const struct kiocb *request, struct address_space *mapping)
{
	return operations->write_begin(request, mapping, 0, 0, NULL, NULL);
}
