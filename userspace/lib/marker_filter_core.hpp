// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace oriel {

// The kernel side's parsers, in words that both sides have. A reason is a literal; NULL: there is none.
const char *refusal_by_core(const char *filter, const char *format);
bool core_format_has(const char *format, const char *key);

} // namespace oriel
