// SPDX-License-Identifier: GPL-2.0
/* Does a dump have a genl_info? */
#include <net/genetlink.h>

struct nlattr **probe(struct netlink_callback *callback);
struct nlattr **probe(struct netlink_callback *callback)
{
	return genl_info_dump(callback)->attrs;
}
