// SPDX-License-Identifier: GPL-2.0
/* An ordinary module from outside the kernel's tree. */
#define OV_SYSTEM ov_plain
#include "ov_body.h"
