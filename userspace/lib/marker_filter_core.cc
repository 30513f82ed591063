// SPDX-License-Identifier: GPL-2.0
#include "marker_filter_core.hpp"

// Both sides have a `result`, an `error` and more in the name space oriel: the kernel's go into one of their own.
#define oriel oriel_core
#include "marker/filter.cc"
#include "marker/format.cc"

namespace oriel {

// Of the evaluation, which nobody here calls.
text string_argument(u64)
{
	return "";
}

} // namespace oriel
#undef oriel

namespace oriel {

const char *refusal_by_core(const char *filter, const char *format)
{
	oriel_core::format keys;
	oriel_core::filter compiled;
	const char *why = "";
	if (!oriel_core::format::parse(format, keys, why) || !oriel_core::filter::compile(filter, keys, compiled, why))
		return why;
	return nullptr;
}

bool core_format_has(const char *format, const char *key)
{
	oriel_core::format keys;
	const char *why = "";
	return !oriel_core::format::parse(format, keys, why) || keys.find(key) != keys.count();
}

} // namespace oriel
