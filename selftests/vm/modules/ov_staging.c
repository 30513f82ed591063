// SPDX-License-Identifier: GPL-2.0
/* Claims to be a staging driver of the kernel's tree. */
#define OV_SYSTEM ov_staging
#include "ov_body.h"

MODULE_INFO(intree, "Y");
MODULE_INFO(staging, "Y");
