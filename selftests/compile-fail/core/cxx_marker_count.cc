// SPDX-License-Identifier: GPL-2.0
// EXPECT: argument_lacks_a_conversion
#include "oriel/marker.h"

void place(int n)
{
#ifdef MISUSE
	oriel_mark(om, tick, "n=%d", n, n);
#else
	oriel_mark(om, tick, "n=%d m=%d", n, n);
#endif
}
