// SPDX-License-Identifier: GPL-2.0
#include "elf_builder.hpp"

#include <cstring>

namespace oriel::test {
namespace {

template <typename T>
bytes raw(const std::vector<T> &list)
{
	const auto *start = reinterpret_cast<const std::byte *>(list.data());
	return {start, start + list.size() * sizeof(T)};
}

} // namespace

bytes to_bytes(std::string_view text)
{
	const auto *start = reinterpret_cast<const std::byte *>(text.data());
	return {start, start + text.size()};
}

std::size_t elf_builder::section(const std::string &name, bytes data, std::uint32_t type)
{
	part next{name, std::move(data)};
	next.header.sh_type = type;
	parts_.push_back(std::move(next));
	return parts_.size(); // the null section is the first
}

std::size_t elf_builder::symbol(const std::string &name, std::size_t section, std::uint64_t value)
{
	Elf64_Sym next = {};
	next.st_name = static_cast<Elf64_Word>(symbol_names_.size());
	next.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE);
	next.st_shndx = static_cast<Elf64_Section>(section);
	next.st_value = value;
	symbol_names_ += name + '\0';
	symbols_.push_back(next);
	return symbols_.size() - 1;
}

void elf_builder::relocate(std::size_t section, std::uint64_t offset, std::size_t symbol, std::int64_t addend)
{
	relocations_[section].push_back({offset, ELF64_R_INFO(symbol, R_X86_64_64), addend});
}

bytes elf_builder::build() const
{
	auto parts = parts_;
	const std::size_t symtab = parts.size() + 1;
	part symbols{".symtab", raw(symbols_)};
	symbols.header.sh_type = SHT_SYMTAB;
	symbols.header.sh_link = static_cast<Elf64_Word>(symtab + 1);
	symbols.header.sh_info = 1;
	symbols.header.sh_entsize = sizeof(Elf64_Sym);
	parts.push_back(symbols);
	part strings{".strtab", to_bytes(symbol_names_)};
	strings.header.sh_type = SHT_STRTAB;
	parts.push_back(strings);
	for (const auto &[target, list] : relocations_) {
		part relocations{".rela" + parts[target - 1].name, raw(list)};
		relocations.header.sh_type = SHT_RELA;
		relocations.header.sh_link = static_cast<Elf64_Word>(symtab);
		relocations.header.sh_info = static_cast<Elf64_Word>(target);
		relocations.header.sh_entsize = sizeof(Elf64_Rela);
		parts.push_back(relocations);
	}
	part names{".shstrtab", {}};
	names.header.sh_type = SHT_STRTAB;
	parts.push_back(names);
	std::string text(1, '\0');
	for (part &each : parts) {
		each.header.sh_name = static_cast<Elf64_Word>(text.size());
		text += each.name + '\0';
	}
	parts.back().data = to_bytes(text);

	bytes file(sizeof(Elf64_Ehdr));
	std::vector<Elf64_Shdr> headers{Elf64_Shdr{}};
	for (part &each : parts) {
		file.resize((file.size() + 7) & ~std::size_t{7});
		each.header.sh_offset = file.size();
		each.header.sh_size = each.data.size();
		each.header.sh_addralign = 1;
		headers.push_back(each.header);
		file.insert(file.end(), each.data.begin(), each.data.end());
	}
	file.resize((file.size() + 7) & ~std::size_t{7});
	Elf64_Ehdr head = {};
	std::memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	head.e_ident[EI_VERSION] = EV_CURRENT;
	head.e_type = type;
	head.e_machine = machine;
	head.e_version = EV_CURRENT;
	head.e_shoff = file.size();
	head.e_ehsize = sizeof(Elf64_Ehdr);
	head.e_shentsize = sizeof(Elf64_Shdr);
	head.e_shnum = static_cast<Elf64_Half>(headers.size());
	head.e_shstrndx = static_cast<Elf64_Half>(headers.size() - 1);
	std::memcpy(file.data(), &head, sizeof(head));
	const bytes table = raw(headers);
	file.insert(file.end(), table.begin(), table.end());
	return file;
}

} // namespace oriel::test
