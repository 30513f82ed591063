// SPDX-License-Identifier: GPL-2.0
// EXPECT: conversion_does_not_fit_the_argument
#include "oriel/marker.h"

void place(int n)
{
#ifdef MISUSE
	oriel_mark(om, tick, "number=%1-d", n);
#else
	oriel_mark(om, tick, "number=%-1d", n);
#endif
}
