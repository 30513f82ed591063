// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "elf_file.hpp"

namespace oriel {

// A place in a section that a relocation leads to.
struct elf_location {
	std::size_t section = 0;
	std::uint64_t offset = 0; // bytes
	std::string_view symbol;  // the one that the relocation names
};

// Where the pointer at a place will point to, once the file is loaded.
std::optional<elf_location> pointer_at(const elf_file &file, std::size_t section, std::uint64_t offset);

// The string at a place; empty where there is none.
std::string string_at(const elf_file &file, const std::optional<elf_location> &where);

} // namespace oriel
