// SPDX-License-Identifier: GPL-2.0
// EXPECT: protected|private
/* A token cannot be made outside a trampoline. */
#include "kcore/context.h"
#ifndef MISUSE
#include "kcore/mint.h"
#endif

void enter()
{
#ifdef MISUSE
	const oriel::process_context ctx;
#else
	const oriel::process_context ctx = oriel::mint::process();
#endif
	static_cast<void>(ctx);
}
