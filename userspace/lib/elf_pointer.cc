// SPDX-License-Identifier: GPL-2.0
#include "elf_pointer.hpp"

#include <algorithm>

namespace oriel {

std::optional<elf_location> pointer_at(const elf_file &file, std::size_t section, std::uint64_t offset)
{
	const auto list = file.relocations(section);
	const auto found =
		std::lower_bound(list.begin(), list.end(), offset, [](const elf_relocation &r, std::uint64_t at) { return r.offset < at; });
	if (found == list.end() || found->offset != offset || found->symbol >= file.symbols().size())
		return std::nullopt;
	const elf_symbol &symbol = file.symbols()[found->symbol];
	return elf_location{symbol.section, symbol.value + static_cast<std::uint64_t>(found->addend), symbol.name};
}

std::string string_at(const elf_file &file, const std::optional<elf_location> &where)
{
	if (!where)
		return {};
	return std::string(file.string_at(where->section, where->offset).value_or(std::string_view{}));
}

} // namespace oriel
