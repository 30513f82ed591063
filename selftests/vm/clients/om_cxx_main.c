// SPDX-License-Identifier: GPL-2.0
/* The C side of a C++ client. */
#define ORIEL_MARKER_DEFINE_FIRE
#include <oriel/marker.h>

#include "om_fire.h"

void om_cxx_fire(unsigned int i);

static void om_fire(unsigned int i)
{
	om_cxx_fire(i);
}

static int __init om_cxx_init(void)
{
	return 0;
}

static void __exit om_cxx_exit(void) {}

module_init(om_cxx_init);
module_exit(om_cxx_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test client: markers from C++");
