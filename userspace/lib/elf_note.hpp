// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <string>

namespace oriel {

// The GNU build-id among the notes of a section (or of sysfs, which shows them the same way), in hex.
// Empty where there is none.
std::string build_id_of(byte_view notes, bool little_endian);

} // namespace oriel
