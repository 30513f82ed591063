// SPDX-License-Identifier: GPL-2.0
/* The heap, once more: an object belongs to one module. */
#include "../bindings/okb_memory.c"
