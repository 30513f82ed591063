/* SPDX-License-Identifier: GPL-2.0 */
/* <net/genetlink.h> of the newest kernel.  genl_info_dump(): upstream 5aa51d9f889c ("genetlink: add a family pointer to ... genl_info"), 6.6. */
#ifndef ORIEL_COMPAT_GENETLINK_H
#define ORIEL_COMPAT_GENETLINK_H

#include <net/genetlink.h>

/* What a dump was asked. */
static inline struct nlattr **oriel_dump_attributes(struct netlink_callback *callback)
{
#ifdef ORIEL_HAVE_GENL_INFO_DUMP
	return genl_info_dump(callback)->attrs;
#else
	return genl_dumpit_info(callback)->attrs;
#endif
}

#endif
