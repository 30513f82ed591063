// SPDX-License-Identifier: GPL-2.0
#include "elf_note.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <elf.h>

namespace oriel {
namespace {

std::uint32_t word(byte_view data, std::size_t offset, bool little_endian)
{
	std::uint32_t value = 0;
	for (std::size_t i = 0; i < 4; i++)
		value = value << 8 | std::to_integer<std::uint32_t>(data[offset + (little_endian ? 3 - i : i)]);
	return value;
}

std::size_t padded(std::uint32_t size)
{
	return (std::size_t{size} + 3) & ~std::size_t{3};
}

} // namespace

std::string build_id_of(byte_view notes, bool little_endian)
{
	constexpr std::size_t header_bytes = 12;
	while (notes.size() >= header_bytes) {
		const std::uint32_t name_bytes = word(notes, 0, little_endian);
		const std::uint32_t content_bytes = word(notes, 4, little_endian);
		const std::uint32_t type = word(notes, 8, little_endian);
		const byte_view rest = notes.subspan(header_bytes);
		if (padded(name_bytes) > rest.size() || content_bytes > rest.size() - padded(name_bytes))
			return {};
		const bool is_gnu = name_bytes == sizeof(ELF_NOTE_GNU) && std::memcmp(rest.data(), ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0;
		if (is_gnu && type == NT_GNU_BUILD_ID)
			return to_hex(rest.subspan(padded(name_bytes), content_bytes));
		const std::size_t whole = padded(name_bytes) + padded(content_bytes);
		notes = rest.subspan(std::min(rest.size(), whole));
	}
	return {};
}

} // namespace oriel
