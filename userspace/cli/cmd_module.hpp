// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"

namespace oriel {

void add_module_explain(CLI::App &noun, context &ctx);
void add_module_list(CLI::App &noun, context &ctx);
void add_module_sign(CLI::App &noun, context &ctx);
void add_module_watch(CLI::App &noun, context &ctx);
void add_module_allow(CLI::App &noun, context &ctx);

} // namespace oriel
