// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <cstdint>
#include <elf.h>
#include <map>
#include <string>
#include <vector>

namespace oriel::test {

bytes to_bytes(std::string_view text);

// Writes relocatable 64-bit ELF files, little endian, also such as no linker would write.
class elf_builder {
public:
	std::uint16_t machine = EM_X86_64;
	std::uint16_t type = ET_REL;

	// Both return an index.
	std::size_t section(const std::string &name, bytes data, std::uint32_t type = SHT_PROGBITS);
	std::size_t symbol(const std::string &name, std::size_t section = SHN_UNDEF, std::uint64_t value = 0);

	// The pointer at `offset` of a section points to the symbol.
	void relocate(std::size_t section, std::uint64_t offset, std::size_t symbol, std::int64_t addend = 0);

	bytes build() const;

private:
	struct part {
		std::string name;
		bytes data;
		Elf64_Shdr header = {};
	};

	std::vector<part> parts_;
	std::vector<Elf64_Sym> symbols_{Elf64_Sym{}};
	std::string symbol_names_{'\0'};
	std::map<std::size_t, std::vector<Elf64_Rela>> relocations_;
};

} // namespace oriel::test
