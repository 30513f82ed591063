// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <string>
#include <string_view>

namespace oriel {

// What a person types, as a pattern over "subsystem:event": one without ':' means a whole subsystem.
std::string full_pattern(const std::string &typed);

// Matches as the kernel's side does, by the same function: '*' any run, '?' any one character.
bool matches_pattern(std::string_view pattern, std::string_view full_name);

} // namespace oriel
