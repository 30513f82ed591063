// SPDX-License-Identifier: GPL-2.0
/* Claims to be of the kernel's tree. */
#define OV_SYSTEM ov_intree
#include "ov_body.h"

MODULE_INFO(intree, "Y");
