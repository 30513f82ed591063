// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <set>
#include <string>

namespace oriel {

// Why no marker can have this filter, whatever its keys are; empty where one may. The kernel's side compiles a filter for each marker
// that matches, so that of one which matches none yet it says nothing. The judge is its own parser, compiled into this program.
std::string filter_refusal(const std::string &filter);

// The keys that a filter names and a marker of this format has not; empty where either cannot be read.
std::set<std::string> missing_keys(const std::string &filter, const std::string &format);

} // namespace oriel
