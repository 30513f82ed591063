// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"

namespace oriel {

void add_marker_arm(CLI::App &noun, context &ctx);
void add_marker_disarm(CLI::App &noun, context &ctx);
void add_marker_info(CLI::App &noun, context &ctx);
void add_marker_list(CLI::App &noun, context &ctx);
void add_marker_record(CLI::App &noun, context &ctx);
void add_marker_stat(CLI::App &noun, context &ctx);

} // namespace oriel
