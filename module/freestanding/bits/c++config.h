/* SPDX-License-Identifier: GPL-2.0 */
/* g++ 12 believes that it is hosted even under -ffreestanding; from 13 on the compiler says so itself. */
#pragma GCC system_header
#include_next <bits/c++config.h>
#if __GNUC__ < 13
#undef _GLIBCXX_HOSTED
#define _GLIBCXX_HOSTED 0
#undef _GLIBCXX_HAS_GTHREADS
#endif
