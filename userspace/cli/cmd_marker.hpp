// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"

namespace oriel {

void add_marker_list(CLI::App &noun, context &ctx);
void add_marker_record(CLI::App &noun, context &ctx);

} // namespace oriel
