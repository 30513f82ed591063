// SPDX-License-Identifier: GPL-2.0
// EXPECT: cannot bind|invalid initialization|no matching|cannot convert
/* A mutex may not be taken where sleeping is not allowed. */
#include "kcore/locked.h"

void take(oriel::locked<int> &data, const oriel::nmi_context &nmi, const oriel::process_context &process)
{
#ifdef MISUSE
	*data.lock(nmi) = 1;
#else
	*data.lock(process) = 1;
#endif
	static_cast<void>(nmi);
	static_cast<void>(process);
}
