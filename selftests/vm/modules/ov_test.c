// SPDX-License-Identifier: GPL-2.0
/* A test module, which taints in a way of its own. */
#define OV_SYSTEM ov_test
#include "ov_body.h"

MODULE_INFO(test, "Y");
