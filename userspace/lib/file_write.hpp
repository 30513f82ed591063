// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <string>

namespace oriel {

// Why a file cannot be written; `number` is the errno.
error cannot_write(const std::string &path, int number);

} // namespace oriel
