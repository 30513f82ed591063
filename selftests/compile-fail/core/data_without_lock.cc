// SPDX-License-Identifier: GPL-2.0
// EXPECT: private
/* What a lock owns is reached through its guard alone. */
#include "kcore/locked.h"

int read(oriel::locked<int> &data, const oriel::process_context &ctx)
{
#ifdef MISUSE
	static_cast<void>(ctx);
	return data.data_;
#else
	return *data.lock(ctx);
#endif
}
