// SPDX-License-Identifier: GPL-2.0
/* The log binding, once more: an object belongs to one module. */
#include "../bindings/okb_log.c"
