// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/bug.h>
#include <linux/printk.h>

#include "bindings/okb_log.h"

void okb_log_info(const char *subject, const char *message)
{
	pr_info("%s%s%s\n", subject ?: "", subject ? ": " : "", message);
}

void okb_log_refusal(const char *subject, const char *detail, const char *reason)
{
	pr_warn("%s: %s%s%s\n", subject, detail ?: "", detail ? ": " : "", reason);
}

void okb_bug(const char *what)
{
	pr_emerg("%s\n", what);
	BUG();
}
