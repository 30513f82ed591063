// SPDX-License-Identifier: GPL-2.0
/*
 * The little that the compiler and libstdc++ expect to find at link time.  Plain operator new is absent on purpose: a use of it does
 * not link.  objtool knows a fixed list of noreturn functions, so ours end in a trap instead of being declared noreturn.
 */
#include <cstddef>

#include "bindings/okb_log.h"

void operator delete(void *) noexcept
{
	okb_bug("operator delete: objects are freed by their owner");
}

void operator delete(void *, std::size_t) noexcept
{
	okb_bug("operator delete: objects are freed by their owner");
}

extern "C" void __cxa_pure_virtual()
{
	okb_bug("pure virtual call");
	__builtin_trap();
}

namespace std {

[[noreturn]] void __glibcxx_assert_fail(const char *, int, const char *function, const char *) noexcept
{
	okb_bug(function);
	__builtin_trap();
}

} // namespace std
