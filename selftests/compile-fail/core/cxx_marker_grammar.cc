// SPDX-License-Identifier: GPL-2.0
// EXPECT: key_must_be_an_identifier
#include "oriel/marker.h"

void place(int n)
{
#ifdef MISUSE
	oriel_mark(om, tick, "the number %d", n);
#else
	oriel_mark(om, tick, "number=%d", n);
#endif
}
