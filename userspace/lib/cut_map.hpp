// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "cut_map_core.hpp"
#include "error.hpp"

// The lower files of orielfs, read by the kernel side's own code: see Documentation/reference/orielfs-format.md. What is read is hostile.
namespace oriel {

using cut_core::cut_extent;
using cut_core::cut_kind;
using cut_core::cut_map;
using cut_core::cut_state;
using cut_core::may_be_cut;

const char *to_string(cut_state state);
const char *to_string(cut_kind kind);

// `fd`: a regular file. Fails where it cannot be read; whatever else is wrong with it is told by the state.
result<cut_map> read_cut_map(int fd, const std::string &name);

} // namespace oriel
