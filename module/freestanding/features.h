/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for glibc's header of that name, which libstdc++ includes even when freestanding. */
#pragma once
#define __GLIBC_PREREQ(major, minor) 0
