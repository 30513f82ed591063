// SPDX-License-Identifier: GPL-2.0
/* Markers in plain functions, in a template and in a lambda. */
#include <oriel/marker.h>

namespace {

template <class T>
[[gnu::noinline]] void twice(T value)
{
	oriel_mark(om_cxx, doubled, "value=%lld", static_cast<long long>(value) * 2);
}

} // namespace

extern "C" void om_cxx_fire(unsigned int i)
{
	const bool odd = i & 1;
	oriel_mark(om_cxx, tick, "count=%u odd=%d text=%s", i, odd, odd ? "yes" : "no");
	twice(i);
	twice(static_cast<long>(i));
	[&] { oriel_mark(om_cxx, inner, "i=%u", i); }();
}
