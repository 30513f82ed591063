// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace oriel {

// What to tell where the kernel hides its addresses, from root too if kernel.kptr_restrict says so.
error hidden_addresses(const std::string &message);

// The kernel's symbols, of its modules too, as they were when they were read.
class kernel_symbols {
public:
	// Fails where the addresses are hidden (kernel.kptr_restrict, no CAP_SYSLOG).
	static result<kernel_symbols> load(const std::filesystem::path &file = "/proc/kallsyms");
	static kernel_symbols parse(const std::string &text);

	// 0 if there is none of that name.
	std::uint64_t address_of(std::string_view name) const;

	struct place {
		std::string_view name; // empty: below every symbol
		std::string_view module;
		std::uint64_t offset = 0; // from the symbol's start, bytes
		bool is_code = false;
	};
	// The symbol at or before an address.
	place find(std::uint64_t address) const;
	// "name", or "name [module]"; "0x..." where there is no symbol within `within` bytes before it.
	std::string name_of(std::uint64_t address, std::uint64_t within = std::uint64_t{1} << 20) const;

private:
	struct symbol {
		std::uint64_t address;
		std::uint32_t name; // where it begins in names_
		std::uint32_t module;
		bool is_code;
	};

	std::string names_;           // each ends with a zero; the first is empty
	std::vector<symbol> symbols_; // by address
};

} // namespace oriel
