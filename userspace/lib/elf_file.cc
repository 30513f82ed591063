// SPDX-License-Identifier: GPL-2.0
#include "elf_file.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <fmt/format.h>
#include <gelf.h>

namespace oriel {
namespace {

// More sections or symbols than any module has: a forged count must not cost memory.
constexpr std::size_t max_sections = 1u << 20;

error broken(const std::string &name, const std::string &why)
{
	return {fmt::format("{}: {}", name, why)};
}

bool lies_within(std::uint64_t offset, std::uint64_t size, std::size_t whole)
{
	return offset <= whole && size <= whole - offset;
}

} // namespace

void elf_file::closer::operator()(Elf *elf) const
{
	elf_end(elf);
}

result<elf_file> elf_file::parse(byte_view content, const std::string &name)
{
	elf_file file;
	if (auto why = file.read_header(content, name))
		return *why;
	if (auto why = file.read_sections(content, name))
		return *why;
	if (auto why = file.read_symbols(name))
		return *why;
	if (auto why = file.read_relocations(name))
		return *why;
	return file;
}

std::optional<error> elf_file::read_header(byte_view content, const std::string &name)
{
	if (content.size() < SELFMAG || std::memcmp(content.data(), ELFMAG, SELFMAG) != 0)
		return broken(name, content.empty() ? "is empty" : "is not an ELF file");
	if (elf_version(EV_CURRENT) == EV_NONE)
		return broken(name, "this libelf is too old");
	// libelf takes a pointer to writable memory and does not write to it in this mode.
	auto *start = reinterpret_cast<char *>(const_cast<std::byte *>(content.data()));
	elf_.reset(elf_memory(start, content.size()));
	GElf_Ehdr header;
	if (!elf_ || elf_kind(elf_.get()) != ELF_K_ELF || !gelf_getehdr(elf_.get(), &header))
		return broken(name, "is cut off within its ELF header");
	machine_ = header.e_machine;
	word_size_ = gelf_getclass(elf_.get()) == ELFCLASS64 ? 8 : 4;
	little_endian_ = header.e_ident[EI_DATA] == ELFDATA2LSB;
	relocatable_ = header.e_type == ET_REL;
	return std::nullopt;
}

std::optional<error> elf_file::read_sections(byte_view content, const std::string &name)
{
	std::size_t count = 0;
	std::size_t names = 0;
	if (elf_getshdrnum(elf_.get(), &count) != 0 || elf_getshdrstrndx(elf_.get(), &names) != 0 || count == 0)
		return broken(name, "has no readable section table: it is cut off or corrupt");
	if (count > max_sections)
		return broken(name, fmt::format("claims {} sections, more than any module has", count));

	for (std::size_t index = 0; index < count; index++) {
		GElf_Shdr header;
		Elf_Scn *handle = elf_getscn(elf_.get(), index);
		if (!handle || !gelf_getshdr(handle, &header))
			return broken(name, "is cut off within its section table");
		elf_section section{index, {}, header.sh_type, header.sh_info, {}};
		if (const char *text = elf_strptr(elf_.get(), names, header.sh_name))
			section.name = text;
		const bool has_contents = index != 0 && header.sh_type != SHT_NOBITS;
		if (has_contents && !lies_within(header.sh_offset, header.sh_size, content.size()))
			return broken(name, fmt::format("section {} '{}' claims {} bytes at {}, beyond the end of the file at {}", index,
							section.name, header.sh_size, header.sh_offset, content.size()));
		if (has_contents)
			section.data = content.subspan(header.sh_offset, header.sh_size);
		sections_.push_back(section);
	}
	return std::nullopt;
}

std::optional<error> elf_file::read_symbols(const std::string &name)
{
	const auto table = std::find_if(sections_.begin(), sections_.end(), [](const elf_section &s) { return s.type == SHT_SYMTAB; });
	if (table == sections_.end())
		return std::nullopt;
	Elf_Scn *handle = elf_getscn(elf_.get(), table->index);
	GElf_Shdr header;
	Elf_Data *data = elf_getdata(handle, nullptr);
	if (!data || !gelf_getshdr(handle, &header) || header.sh_entsize == 0)
		return broken(name, "has a broken symbol table");
	const auto count = std::min<std::size_t>(data->d_size / header.sh_entsize, INT32_MAX);
	for (std::size_t index = 0; index < count; index++) {
		GElf_Sym raw;
		if (!gelf_getsym(data, static_cast<int>(index), &raw))
			return broken(name, "has a broken symbol table");
		const char *text = elf_strptr(elf_.get(), header.sh_link, raw.st_name);
		symbols_.push_back(
			{text ? text : std::string_view{}, raw.st_shndx, raw.st_value, raw.st_size, GELF_ST_BIND(raw.st_info) == STB_WEAK});
	}
	return std::nullopt;
}

std::optional<error> elf_file::read_relocations(const std::string &name)
{
	relocations_.resize(sections_.size());
	for (const elf_section &section : sections_) {
		if (section.type != SHT_RELA && section.type != SHT_REL)
			continue;
		if (section.info >= sections_.size())
			return broken(name, fmt::format("'{}' relocates a section that does not exist", section.name));
		Elf_Data *data = elf_getdata(elf_getscn(elf_.get(), section.index), nullptr);
		if (!data && !section.data.empty())
			return broken(name, fmt::format("'{}' cannot be read", section.name));
		auto &list = relocations_[section.info];
		GElf_Rela rela;
		GElf_Rel rel;
		if (section.type == SHT_RELA)
			for (int i = 0; data && gelf_getrela(data, i, &rela); i++)
				list.push_back({rela.r_offset, GELF_R_SYM(rela.r_info), rela.r_addend});
		else
			for (int i = 0; data && gelf_getrel(data, i, &rel); i++)
				list.push_back({rel.r_offset, GELF_R_SYM(rel.r_info), 0});
	}
	for (auto &list : relocations_)
		std::stable_sort(list.begin(), list.end(), [](const auto &a, const auto &b) { return a.offset < b.offset; });
	return std::nullopt;
}

const elf_section *elf_file::section(std::string_view name) const
{
	const auto found =
		std::find_if(sections_.begin(), sections_.end(), [&](const elf_section &s) { return s.index != 0 && s.name == name; });
	return found == sections_.end() ? nullptr : &*found;
}

std::span<const elf_relocation> elf_file::relocations(std::size_t section) const
{
	return section < relocations_.size() ? std::span(relocations_[section]) : std::span<const elf_relocation>{};
}

std::optional<std::uint64_t> elf_file::integer(byte_view data, std::uint64_t offset, std::size_t size) const
{
	if (size > sizeof(std::uint64_t) || !lies_within(offset, size, data.size()))
		return std::nullopt;
	std::uint64_t value = 0;
	for (std::size_t i = 0; i < size; i++) {
		const std::size_t at = little_endian_ ? size - 1 - i : i;
		value = value << 8 | std::to_integer<std::uint64_t>(data[offset + at]);
	}
	return value;
}

std::optional<std::string_view> elf_file::string_at(std::size_t section, std::uint64_t offset) const
{
	if (section == 0 || section >= sections_.size() || offset >= sections_[section].data.size())
		return std::nullopt;
	const byte_view rest = sections_[section].data.subspan(offset);
	const auto end = std::find(rest.begin(), rest.end(), std::byte{0});
	if (end == rest.end())
		return std::nullopt;
	return std::string_view(reinterpret_cast<const char *>(rest.data()), static_cast<std::size_t>(end - rest.begin()));
}

} // namespace oriel
