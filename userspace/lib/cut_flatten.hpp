// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cut_map.hpp"

#include <functional>
#include <string>

namespace oriel {

enum class flattened { done, was_plain, interrupted };

// Puts a plain file with the same bytes, owner, mode, times and extended attributes in the place of a cut lower file. It is written without a
// name, made durable and then renamed: whatever happens, the name stands for the one or the other. What is left of a program that was killed
// in the instant before renaming is a file named .oriel-flatten.*.
//
// Refused, with nothing done: a file with other names (hard links), and one that somebody has open, where that can be told (by a lease, of the owner's or
// root's). `go_on` is called with the bytes copied so far; false interrupts.
result<flattened> flatten_file(const std::string &path, const std::function<bool(std::uint64_t copied)> &go_on);

} // namespace oriel
