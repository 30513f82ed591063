// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct Elf;

namespace oriel {

// The functions of an ELF file that a process runs, by .symtab and .dynsym. Empty for what is none, or is damaged.
class user_symbols {
public:
	// Only if it has this inode number: else another file has that name by now.
	static user_symbols load(const std::string &path, std::uint64_t inode);
	// `content` must be readable only while this runs.
	static user_symbols parse(const void *content, std::size_t size);

	bool is_empty() const { return functions_.empty(); }
	// The function that lies at a place of the file (bytes), demangled; empty: none that is known.
	std::string name_at(std::uint64_t offset) const;

private:
	struct segment {
		std::uint64_t offset, size, address;
	};
	struct function {
		std::uint64_t address, size;
		std::string name;
	};
	static user_symbols read(Elf *elf);

	std::vector<segment> segments_;
	std::vector<function> functions_; // by address
};

} // namespace oriel
