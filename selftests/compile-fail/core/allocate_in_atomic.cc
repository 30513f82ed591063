// SPDX-License-Identifier: GPL-2.0
// EXPECT: cannot bind|invalid initialization|no matching|cannot convert
/* Memory may not be allocated where sleeping is not allowed. */
#include "kcore/memory.h"

bool allocate(const oriel::atomic_context &atomic, const oriel::process_context &process)
{
	static_cast<void>(atomic);
	static_cast<void>(process);
#ifdef MISUSE
	return static_cast<bool>(oriel::make<int>(atomic));
#else
	return static_cast<bool>(oriel::make<int>(process));
#endif
}
