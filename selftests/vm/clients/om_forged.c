// SPDX-License-Identifier: GPL-2.0
/* Marker records that lie: each is found through the jump table like a true one, and must be refused without being believed. */
#include <oriel/marker.h>

#include "om_fire.h"

#define RECORD(...) \
	{ \
		.magic = ORIEL_MARKER_MAGIC, .abi = ORIEL_MARKER_ABI, .size = sizeof(struct oriel_marker), .subsystem = "forged", \
		.event = "e", .format = "", .file = __FILE__, __VA_ARGS__ \
	}

static struct oriel_marker pointer_outside = RECORD(.subsystem = (const char *)0xdead000000000000UL);
static struct oriel_marker null_format = RECORD(.format = NULL);
static struct oriel_marker wrong_size = RECORD(.size = 8);
static struct oriel_marker newer_abi = RECORD(.abi = ORIEL_MARKER_ABI + 1);
static struct oriel_marker key_is_on = RECORD(.key = {1, 0});
static struct oriel_marker has_probe = RECORD(.probe = (void *)0xdead000000000000UL);
static struct oriel_marker too_many_args = RECORD(.arg_count = 7);
static struct oriel_marker bad_name = RECORD(.event = "../../etc");
static char endless[4096] = {[0 ... 4095] = 'x'};
static struct oriel_marker no_end = RECORD(.event = endless);

/* Each needs its own jump-table entry. */
#define USE(record) \
	do { \
		if (oriel_marker_on(&(record))) \
			pr_err("om_forged: " #record " was switched on\n"); \
	} while (0)

static void om_fire(unsigned int i)
{
	USE(pointer_outside);
	USE(null_format);
	USE(wrong_size);
	USE(newer_abi);
	USE(key_is_on);
	USE(has_probe);
	USE(too_many_args);
	USE(bad_name);
	USE(no_end);
	oriel_mark(forged, honest, "i=%u", i);
}

static int __init om_forged_init(void)
{
	return 0;
}

static void __exit om_forged_exit(void) {}

module_init(om_forged_init);
module_exit(om_forged_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: forged marker records");
