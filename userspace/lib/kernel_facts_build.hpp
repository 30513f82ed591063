// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "kernel_facts.hpp"

namespace oriel {

kernel_config parse_kernel_config(std::string_view text);
symbol_table parse_symvers(std::string_view text);

} // namespace oriel
