// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <string>

namespace oriel {

// One line on stderr; under systemd with its weight, for the journal.
enum class weight { error = 3, warning = 4, notice = 5, info = 6 };
void journal(weight how, const std::string &text);
void journal(weight how, const error &why);

} // namespace oriel
