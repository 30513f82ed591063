// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"

namespace oriel {

// One function per verb of `oriel lock`.
void add_lock_record(CLI::App &noun, context &ctx);

} // namespace oriel
