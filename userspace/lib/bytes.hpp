// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace oriel {

using bytes = std::vector<std::byte>;
using byte_view = std::span<const std::byte>;

std::string to_hex(byte_view data); // lower case

} // namespace oriel
