/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink: the family of the module that this is compiled into.  The kernel side of a message is an okb_message; the core writes
 * attributes into it and knows nothing of sockets.
 */
#ifndef ORIEL_OKB_NETLINK_H
#define ORIEL_OKB_NETLINK_H

#include "bindings/okb_base.h"

struct okb_message;

/* Where a dump has got to; zero at its start, the core's to use. */
struct okb_cursor {
	u32 major;
	u32 minor;
};

OKB_BEGIN

/* Registers the family; nothing is answered before and after.  Context: process. */
int okb_netlink_start(void);
void okb_netlink_stop(void);

/* 0, or -EMSGSIZE if the message is full; then the row is written again into the next message. */
int okb_put_u8(struct okb_message *message, int attribute, u8 value);
int okb_put_u32(struct okb_message *message, int attribute, u32 value);
int okb_put_u64(struct okb_message *message, int attribute, u64 value);
int okb_put_text(struct okb_message *message, int attribute, const char *text);
/* NULL if the message is full. */
void *okb_nest_begin(struct okb_message *message, int attribute);
void okb_nest_end(struct okb_message *message, void *nest);

/* Sends oriel_netlink_event() to the members of multicast group `group`, if there are any.  Context: process. */
void okb_netlink_notify(u32 group, u32 command, void *argument);

/* Core.  Writes the row at the cursor and advances it: 1, or 0 if there is none, or a negative errno.  `selected`: the string that the
 * request carried, or NULL.  Context: process. */
int oriel_netlink_row(u32 command, const char *selected, struct okb_cursor *cursor, struct okb_message *message);
/* Core.  Writes what okb_netlink_notify() is about. */
int oriel_netlink_event(u32 command, void *argument, struct okb_message *message);

OKB_END

#endif
