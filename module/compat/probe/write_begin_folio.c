// SPDX-License-Identifier: GPL-2.0
/* Does write_begin() give a folio?  From 6.12. */
#include <linux/fs.h>

int probe(const struct address_space_operations *operations, struct address_space *mapping, struct folio *folio);
int probe(const struct address_space_operations *operations, struct address_space *mapping, struct folio *folio)
{
	return operations->write_end(NULL, mapping, 0, 0, 0, folio, NULL);
}
