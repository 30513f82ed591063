// SPDX-License-Identifier: GPL-2.0
// EXPECT: cannot bind|invalid initialization|no matching|cannot convert
/* A stricter context does not become a laxer one. */
#include "kcore/context.h"

void may_sleep(const oriel::sleeping_context &);
void anywhere(const oriel::nmi_context &);

void from(const oriel::atomic_context &atomic)
{
#ifdef MISUSE
	may_sleep(atomic);
#else
	anywhere(atomic);
#endif
}
