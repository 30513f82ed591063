// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "error.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct Elf;

namespace oriel {

struct elf_section {
	std::size_t index = 0;
	std::string_view name;
	std::uint32_t type = 0;
	std::uint32_t info = 0; // of a relocation section: the section that it relocates
	byte_view data;         // as in the file; empty for sections without contents
};

struct elf_symbol {
	std::string_view name;
	std::size_t section = 0; // 0 where it is undefined; indices beyond the table mean absolute and the like
	std::uint64_t value = 0;
	std::uint64_t size = 0; // bytes
	bool weak = false;
};

struct elf_relocation {
	std::uint64_t offset = 0; // into the section that is relocated, bytes
	std::size_t symbol = 0;
	std::int64_t addend = 0;
};

// An ELF file of any machine and byte order, read with every offset checked. What it hands out points
// into `content`, which must outlive it.
class elf_file {
public:
	// `content` is the ELF file without anything behind it; `name` is for messages only.
	static result<elf_file> parse(byte_view content, const std::string &name);

	bool is_relocatable() const { return relocatable_; } // as modules are
	std::uint16_t machine() const { return machine_; }
	std::size_t word_size() const { return word_size_; } // of an address, bytes
	bool is_little_endian() const { return little_endian_; }

	const std::vector<elf_section> &sections() const { return sections_; }
	const std::vector<elf_symbol> &symbols() const { return symbols_; }
	const elf_section *section(std::string_view name) const;

	// The relocations of a section, ordered by offset.
	std::span<const elf_relocation> relocations(std::size_t section) const;

	// An unsigned integer of the file's byte order; nothing where it does not lie within `data`.
	std::optional<std::uint64_t> integer(byte_view data, std::uint64_t offset, std::size_t size) const;

	// The zero-terminated string at an offset of a section.
	std::optional<std::string_view> string_at(std::size_t section, std::uint64_t offset) const;

private:
	struct closer {
		void operator()(Elf *elf) const;
	};

	elf_file() = default;
	std::optional<error> read_header(byte_view content, const std::string &name);
	std::optional<error> read_sections(byte_view content, const std::string &name);
	std::optional<error> read_symbols(const std::string &name);
	std::optional<error> read_relocations(const std::string &name);

	std::unique_ptr<Elf, closer> elf_;
	bool relocatable_ = false;
	std::uint16_t machine_ = 0;
	std::size_t word_size_ = 0;
	bool little_endian_ = true;
	std::vector<elf_section> sections_; // in the file's order, the null section first
	std::vector<elf_symbol> symbols_;
	std::vector<std::vector<elf_relocation>> relocations_; // by the index of the section relocated
};

} // namespace oriel
