// SPDX-License-Identifier: GPL-2.0
// EXPECT: deleted|delete
/* An owned object has one owner. */
#include "kcore/memory.h"

oriel::owned<int> pass(oriel::owned<int> from)
{
#ifdef MISUSE
	oriel::owned<int> second = from;
	return second;
#else
	return from;
#endif
}
