// SPDX-License-Identifier: GPL-2.0
#include "user_symbols.hpp"

#include "unique_fd.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <fcntl.h>
#include <gelf.h>
#include <memory>
#include <sys/stat.h>

namespace oriel {
namespace {

struct close_elf {
	void operator()(Elf *elf) const { elf_end(elf); }
};

// What one file may take of memory, bytes. libelf takes as much as the file says for a section, and a file with holes can say much.
class memory_budget {
public:
	bool take(std::uint64_t bytes)
	{
		const bool fits = bytes <= left_;
		left_ -= fits ? bytes : left_;
		return fits;
	}

private:
	std::uint64_t left_ = 512 << 20;
};

std::string demangled(const std::string &name)
{
	int status = 0;
	const std::unique_ptr<char, void (*)(void *)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
	return text ? text.get() : name;
}

} // namespace

user_symbols user_symbols::load(const std::string &path, std::uint64_t inode)
{
	const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
	struct stat found {};
	if (!file || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_ino != inode ||
	    elf_version(EV_CURRENT) == EV_NONE)
		return {};
	const std::unique_ptr<Elf, close_elf> elf(elf_begin(file.get(), ELF_C_READ, nullptr));
	return read(elf.get());
}

user_symbols user_symbols::parse(const void *content, std::size_t size)
{
	if (elf_version(EV_CURRENT) == EV_NONE)
		return {};
	// libelf takes a pointer to writable memory and does not write to it in this mode.
	const std::unique_ptr<Elf, close_elf> elf(elf_memory(static_cast<char *>(const_cast<void *>(content)), size));
	return read(elf.get());
}

user_symbols user_symbols::read(Elf *elf)
{
	user_symbols found;
	std::size_t segments = 0;
	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &segments) != 0)
		return found;
	GElf_Phdr header;
	for (std::size_t i = 0; i < segments && gelf_getphdr(elf, static_cast<int>(i), &header); i++)
		if (header.p_type == PT_LOAD)
			found.segments_.push_back({header.p_offset, header.p_filesz, header.p_vaddr});
	memory_budget budget;
	for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf, section));) {
		GElf_Shdr table, names;
		if (!gelf_getshdr(section, &table) || (table.sh_type != SHT_SYMTAB && table.sh_type != SHT_DYNSYM))
			continue;
		if (!gelf_getshdr(elf_getscn(elf, table.sh_link), &names) || (table.sh_flags | names.sh_flags) & SHF_COMPRESSED ||
		    !budget.take(table.sh_size) || !budget.take(names.sh_size))
			continue;
		GElf_Sym symbol;
		Elf_Data *data = elf_getdata(section, nullptr);
		for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
			const auto type = GELF_ST_TYPE(symbol.st_info);
			if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF)
				continue;
			const char *name = elf_strptr(elf, table.sh_link, symbol.st_name);
			if (name && *name && budget.take(sizeof(function) + std::strlen(name)))
				found.functions_.push_back({symbol.st_value, symbol.st_size, name});
		}
	}
	std::stable_sort(found.functions_.begin(), found.functions_.end(),
			 [](const function &a, const function &b) { return a.address < b.address; });
	return found;
}

std::string user_symbols::name_at(std::uint64_t offset) const
{
	const auto in = std::find_if(segments_.begin(), segments_.end(),
				     [&](const segment &s) { return offset >= s.offset && offset - s.offset < s.size; });
	if (in == segments_.end())
		return {};
	const std::uint64_t address = offset - in->offset + in->address;
	auto after = std::upper_bound(functions_.begin(), functions_.end(), address,
				      [](std::uint64_t value, const function &f) { return value < f.address; });
	if (after == functions_.begin())
		return {};
	--after;
	return address - after->address < after->size ? demangled(after->name) : std::string();
}

} // namespace oriel
