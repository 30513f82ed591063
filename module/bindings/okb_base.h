/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every bindings header starts with.  These headers are the border between the kernel and the core: plain C types, read by C and by
 * C++, no kernel header from C++.  Functions named okb_* are the kernel's side, implemented in the .c file of the same name (and by fakes
 * in the host tests); functions named oriel_* are the core's side, implemented in module/<part>/entry.cc.
 */
#ifndef ORIEL_OKB_BASE_H
#define ORIEL_OKB_BASE_H

#ifdef __cplusplus
#include "kcore/types.h"
using oriel::s64;
using oriel::u16;
using oriel::u32;
using oriel::u64;
using oriel::u8;
#define OKB_BEGIN extern "C" {
#define OKB_END }
#else
#include <linux/types.h>
#define OKB_BEGIN
#define OKB_END
#endif

#endif
