// SPDX-License-Identifier: GPL-2.0
/* Marked as a live patch, though it patches nothing. */
#define OV_SYSTEM ov_livepatch
#include "ov_body.h"

MODULE_INFO(livepatch, "Y");
