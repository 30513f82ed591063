// SPDX-License-Identifier: GPL-2.0
// EXPECT: nodiscard|ignoring return
/* A result cannot be dropped. */
#include "kcore/result.h"

oriel::result<void> work();

int call()
{
#ifdef MISUSE
	work();
	return 0;
#else
	return oriel::errno_of(work());
#endif
}
