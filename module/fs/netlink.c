// SPDX-License-Identifier: GPL-2.0
/* The netlink binding, once more for this module's own family. */
#define OKB_FAMILY_HEADER "bindings/gen/oriel_fs_family.h"
#include "../bindings/okb_netlink.c"
