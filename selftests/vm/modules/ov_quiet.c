// SPDX-License-Identifier: GPL-2.0
/* Brings no trace events. */
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test module of the verdicts, without trace events");
