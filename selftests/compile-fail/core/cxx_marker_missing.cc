// SPDX-License-Identifier: GPL-2.0
// EXPECT: format_lacks_an_argument
#include "oriel/marker.h"

void place(int n)
{
#ifdef MISUSE
	oriel_mark(om, tick, "n=%d m=%s", n);
#else
	oriel_mark(om, tick, "n=%d m=%s", n, "text");
#endif
}
