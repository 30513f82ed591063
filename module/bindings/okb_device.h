/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/oriel, root's alone: the ioctls of include/uapi/linux/oriel.h.  The binding copies the argument in and out; the core reads it.
 * `owner` is the identity of an open descriptor, never dereferenced.
 */
#ifndef ORIEL_OKB_DEVICE_H
#define ORIEL_OKB_DEVICE_H

#include "bindings/okb_base.h"

struct oriel_arm;
struct oriel_disarm;
struct oriel_wake;
struct oriel_allow;

OKB_BEGIN

int okb_device_start(void);
void okb_device_stop(void);
/* How many descriptors are open, each of which holds a reference on our module.  Context: any. */
int okb_device_open_count(void);

/* Core.  0 or a negative errno; the argument is copied back either way.  Context: process. */
int oriel_control_arm(const void *owner, struct oriel_arm *request);
int oriel_control_disarm(const void *owner, struct oriel_disarm *request);
int oriel_control_wake(const void *owner, struct oriel_wake *request);
int oriel_control_allow(const void *owner, struct oriel_allow *request);
/* Core.  The descriptor has been closed. */
void oriel_control_close(const void *owner);

OKB_END

#endif
