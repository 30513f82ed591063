// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "elf_file.hpp"

namespace oriel {

// One place in a module that module/include/oriel/marker.h marked.
struct marker_place {
	std::string subsystem;
	std::string event;
	std::string format;
	std::string file;
	std::uint64_t line = 0;

	bool operator==(const marker_place &) const = default;
};

// The markers in a module's file, in the order of their places. What only looks like one is left out.
std::vector<marker_place> read_markers(const elf_file &file);

} // namespace oriel
