// SPDX-License-Identifier: GPL-2.0
// EXPECT: conversion_does_not_fit_the_argument
/* In C++ too, arguments are checked against the format. */
#include "oriel/marker.h"

void place(unsigned long long wide)
{
#ifdef MISUSE
	oriel_mark(om, tick, "n=%d", wide);
#else
	oriel_mark(om, tick, "n=%llu", wide);
#endif
}
