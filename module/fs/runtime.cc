// SPDX-License-Identifier: GPL-2.0
/* kcore's runtime, once more: kcore is compiled into each module. */
#include "../kcore/runtime.cc"
