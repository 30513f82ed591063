// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"

namespace oriel {

void add_vma_record(CLI::App &noun, context &ctx);
void add_vma_replay(CLI::App &noun, context &ctx);
void add_vma_show(CLI::App &noun, context &ctx);
void add_vma_top(CLI::App &noun, context &ctx);

} // namespace oriel
