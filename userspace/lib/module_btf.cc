// SPDX-License-Identifier: GPL-2.0
#include "module_btf.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace oriel {
namespace {

// struct btf_header and struct btf_type of include/uapi/linux/btf.h.
struct btf_header {
	std::uint16_t magic;
	std::uint8_t version;
	std::uint8_t flags;
	std::uint32_t header_bytes;
	std::uint32_t type_offset; // from the header's end
	std::uint32_t type_bytes;
	std::uint32_t string_offset;
	std::uint32_t string_bytes;
};

struct btf_type {
	std::uint32_t name;
	std::uint32_t info;
	std::uint32_t size_or_type;
};

constexpr std::uint16_t btf_magic = 0xeb9f;

// What follows a struct btf_type: `fixed` words once, then `each` words per member; which of them are
// names and types, as masks by position. size_or_type is a type where `refers` is set.
struct kind_layout {
	std::uint8_t fixed, each;
	std::uint8_t names, types;
	bool refers;
};

constexpr std::array<kind_layout, 20> layouts{{
	{},                          // no kind
	{1, 0, 0, 0, false},         // INT
	{0, 0, 0, 0, true},          // PTR
	{3, 0, 0, 0b011, false},     // ARRAY
	{0, 3, 0b001, 0b010, false}, // STRUCT
	{0, 3, 0b001, 0b010, false}, // UNION
	{0, 2, 0b001, 0, false},     // ENUM
	{0, 0, 0, 0, false},         // FWD
	{0, 0, 0, 0, true},          // TYPEDEF
	{0, 0, 0, 0, true},          // VOLATILE
	{0, 0, 0, 0, true},          // CONST
	{0, 0, 0, 0, true},          // RESTRICT
	{0, 0, 0, 0, true},          // FUNC
	{0, 2, 0b001, 0b010, true},  // FUNC_PROTO
	{1, 0, 0, 0, true},          // VAR
	{0, 3, 0, 0b001, false},     // DATASEC
	{0, 0, 0, 0, false},         // FLOAT
	{1, 0, 0, 0, true},          // DECL_TAG
	{0, 0, 0, 0, true},          // TYPE_TAG
	{0, 3, 0b001, 0, false},     // ENUM64
}};

struct sections {
	byte_view types;
	byte_view strings;
};

std::optional<sections> split(byte_view btf)
{
	btf_header header;
	if (btf.size() < sizeof(header))
		return std::nullopt;
	std::memcpy(&header, btf.data(), sizeof(header));
	if (header.magic != btf_magic || header.header_bytes < sizeof(header) || header.header_bytes > btf.size())
		return std::nullopt;
	const byte_view body = btf.subspan(header.header_bytes);
	const auto within = [&](std::uint64_t offset, std::uint64_t size) { return offset + size <= body.size(); };
	if (!within(header.type_offset, header.type_bytes) || !within(header.string_offset, header.string_bytes))
		return std::nullopt;
	return sections{body.subspan(header.type_offset, header.type_bytes), body.subspan(header.string_offset, header.string_bytes)};
}

struct extremes {
	std::uint32_t types = 0; // how many there are
	std::uint32_t highest_name = 0;
	std::uint32_t highest_type = 0;
};

void note_words(extremes &seen, byte_view words, const kind_layout &layout, std::size_t period)
{
	for (std::size_t i = 0; i * 4 < words.size(); i++) {
		std::uint32_t word = 0;
		std::memcpy(&word, words.data() + i * 4, 4);
		if (layout.names >> (i % period) & 1)
			seen.highest_name = std::max(seen.highest_name, word);
		if (layout.types >> (i % period) & 1)
			seen.highest_type = std::max(seen.highest_type, word);
	}
}

// Nothing where a kind is unknown or the data ends within a type.
std::optional<extremes> walk(byte_view types)
{
	extremes seen;
	while (!types.empty()) {
		btf_type type;
		if (types.size() < sizeof(type))
			return std::nullopt;
		std::memcpy(&type, types.data(), sizeof(type));
		const std::uint32_t kind = type.info >> 24 & 0x1f;
		const std::uint32_t members = type.info & 0xffff;
		if (kind == 0 || kind >= layouts.size())
			return std::nullopt;
		const kind_layout &layout = layouts[kind];
		const std::size_t behind = 4 * (std::size_t{layout.fixed} + std::size_t{layout.each} * members);
		if (types.size() - sizeof(type) < behind)
			return std::nullopt;
		seen.types++;
		seen.highest_name = std::max(seen.highest_name, type.name);
		if (layout.refers)
			seen.highest_type = std::max(seen.highest_type, type.size_or_type);
		note_words(seen, types.subspan(sizeof(type), behind), layout, std::max<std::size_t>(1, layout.fixed + layout.each));
		types = types.subspan(sizeof(type) + behind);
	}
	return seen;
}

// The offset of the last string; the section ends with a zero.
std::optional<std::uint32_t> last_string(byte_view strings)
{
	if (strings.size() < 2 || strings.back() != std::byte{0})
		return std::nullopt;
	const byte_view before = strings.first(strings.size() - 1);
	const auto zero = std::find(before.rbegin(), before.rend(), std::byte{0});
	return static_cast<std::uint32_t>(before.rend() - zero);
}

} // namespace

std::optional<btf_base> read_btf_base(byte_view btf)
{
	const auto parts = split(btf);
	const auto seen = parts ? walk(parts->types) : std::nullopt;
	if (!seen)
		return std::nullopt;
	return btf_base{static_cast<std::uint32_t>(parts->strings.size()), seen->types + 1};
}

std::optional<btf_facts> read_module_btf(byte_view btf, std::optional<byte_view> base)
{
	const auto parts = split(btf);
	const auto seen = parts ? walk(parts->types) : std::nullopt;
	if (!seen)
		return std::nullopt;
	btf_facts facts{base ? read_btf_base(*base) : std::nullopt, seen->types, seen->highest_type, std::nullopt};
	if (base && !facts.carried_base)
		return std::nullopt;
	// Strings are kept in the order in which names came, each used at least once, and numbered behind
	// the kernel's: the highest name is the last string.
	const auto last = last_string(parts->strings);
	if (last && seen->highest_name >= *last)
		facts.base_string_bytes = seen->highest_name - *last;
	return facts;
}

std::optional<bool> fits(const btf_facts &module, const std::optional<btf_base> &kernel)
{
	const std::optional<btf_base> &base = module.carried_base ? module.carried_base : kernel;
	if (!base || !module.base_string_bytes)
		return std::nullopt;
	return *module.base_string_bytes == base->string_bytes && module.highest_type < std::uint64_t{base->types} + module.own_types;
}

} // namespace oriel
