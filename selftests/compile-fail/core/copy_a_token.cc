// SPDX-License-Identifier: GPL-2.0
// EXPECT: deleted|delete|implicitly-deleted|private
/* A token cannot be kept for later: it is not copied, not even into a lambda. */
#include "kcore/context.h"

void keep(const oriel::process_context &ctx)
{
#ifdef MISUSE
	auto later = [ctx] { static_cast<void>(ctx); };
#else
	auto later = [&ctx] { static_cast<void>(ctx); };
#endif
	later();
}
