// SPDX-License-Identifier: GPL-2.0
#include "module_file.hpp"

#include "elf_note.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

using symbol_versions = std::map<std::string, std::uint32_t, std::less<>>;

std::string_view text_of(byte_view data)
{
	const std::string_view text(reinterpret_cast<const char *>(data.data()), data.size());
	return text.substr(0, text.find('\0'));
}

// struct modversion_info: a checksum as wide as an address, then the name, 64 bytes in all.
symbol_versions read_versions(const elf_file &file, byte_view section)
{
	constexpr std::size_t entry_bytes = 64;
	symbol_versions versions;
	for (; section.size() >= entry_bytes; section = section.subspan(entry_bytes)) {
		const auto checksum = file.integer(section, 0, file.word_size());
		const auto name = text_of(section.subspan(file.word_size(), entry_bytes - file.word_size()));
		versions.emplace(name, static_cast<std::uint32_t>(checksum.value_or(0)));
	}
	return versions;
}

// The form for long names: an array of checksums, and the names one behind the other.
symbol_versions read_extended_versions(const elf_file &file, byte_view checksums, byte_view names)
{
	symbol_versions versions;
	for (std::size_t at = 0; at + 4 <= checksums.size() && !names.empty(); at += 4) {
		const auto name = text_of(names);
		versions.emplace(name, static_cast<std::uint32_t>(file.integer(checksums, at, 4).value_or(0)));
		names = names.subspan(std::min(names.size(), name.size() + 1));
	}
	return versions;
}

std::optional<symbol_versions> versions_of(const elf_file &file)
{
	const elf_section *checksums = file.section("__version_ext_crcs");
	const elf_section *names = file.section("__version_ext_names");
	if (checksums && names)
		return read_extended_versions(file, checksums->data, names->data);
	if (const elf_section *plain = file.section("__versions"))
		return read_versions(file, plain->data);
	return std::nullopt;
}

std::vector<std::string> imports_of(const elf_file &file)
{
	std::vector<std::string> names;
	for (const elf_symbol &symbol : file.symbols())
		if (symbol.section == 0 && !symbol.weak && !symbol.name.empty())
			names.emplace_back(symbol.name);
	std::sort(names.begin(), names.end());
	return names;
}

// A file's stem is the name where .modinfo has none; the kernel writes it with underscores.
std::string name_of(const modinfo &info, const std::filesystem::path &path)
{
	if (auto name = info.get("name"))
		return *name;
	std::string stem = path.filename().string();
	stem = stem.substr(0, stem.find(".ko"));
	std::replace(stem.begin(), stem.end(), '-', '_');
	return stem;
}

void read_btf(module_file &module, const elf_file &file)
{
	const elf_section *btf = file.section(".BTF");
	const elf_section *base = file.section(".BTF.base");
	module.has_btf = btf != nullptr;
	if (btf)
		module.btf = read_module_btf(btf->data, base ? std::optional(base->data) : std::nullopt);
}

void match_certificates(module_file &module, byte_view content, const std::vector<certificate> &certificates)
{
	if (module.sig.state != signature_state::parsed)
		return;
	for (const certificate &candidate : certificates) {
		const auto &signers = module.sig.signers;
		if (std::none_of(signers.begin(), signers.end(), [&](const signer &s) { return s.is_key_of(candidate); }))
			continue;
		module.signed_by = candidate;
		module.content_is_signed = verify_signature(module.sig, content, candidate);
		return;
	}
}

// Where a makefile lies beside the module, it was most likely built there.
std::string source_dir_of(const std::filesystem::path &path)
{
	std::error_code ignored;
	const auto dir = std::filesystem::absolute(path, ignored).parent_path();
	for (const char *makefile : {"Kbuild", "Makefile"})
		if (std::filesystem::is_regular_file(dir / makefile, ignored))
			return dir.string();
	return {};
}

} // namespace

bool module_file::imports_symbol(std::string_view symbol) const
{
	return std::binary_search(imports.begin(), imports.end(), symbol);
}

std::optional<std::uint32_t> module_file::version_of(std::string_view symbol) const
{
	if (!versions)
		return std::nullopt;
	const auto found = versions->find(symbol);
	return found == versions->end() ? std::nullopt : std::optional(found->second);
}

result<module_file> parse_module(byte_view content, const std::string &path, const std::vector<certificate> &certificates)
{
	module_file module;
	module.path = path;
	module.sig = read_signature(content);
	const byte_view image = content.first(module.sig.content_size);
	auto parsed = elf_file::parse(image, path);
	if (!parsed)
		return parsed.failure();
	const elf_file &file = *parsed;
	const elf_section *this_module = file.section(".gnu.linkonce.this_module");
	if (!file.is_relocatable() || !this_module)
		return error{fmt::format("{}: is an ELF file, but no kernel module (it has no "
					 ".gnu.linkonce.this_module section)",
					 path)};
	module.machine = file.machine();
	module.word_size = file.word_size();
	module.this_module_bytes = this_module->data.size();
	if (const elf_section *info = file.section(".modinfo"))
		module.info = modinfo::parse(info->data);
	module.name = name_of(module.info, path);
	if (const elf_section *note = file.section(".note.gnu.build-id"))
		module.build_id = build_id_of(note->data, file.is_little_endian());
	module.versions = versions_of(file);
	module.imports = imports_of(file);
	module.exports_lack_versions = (file.section("__ksymtab") && !file.section("__kcrctab")) ||
				       (file.section("__ksymtab_gpl") && !file.section("__kcrctab_gpl"));
	module.tracepoints = read_tracepoints(file);
	module.markers = read_markers(file);
	read_btf(module, file);
	match_certificates(module, image, certificates);
	return module;
}

result<module_file> read_module_file(const std::filesystem::path &path, const std::vector<certificate> &certificates)
{
	auto image = read_module_image(path);
	if (!image)
		return image.failure();
	auto module = parse_module(image->content, path.string(), certificates);
	if (!module)
		return module.failure();
	module->packed = image->packed;
	module->source_dir = source_dir_of(path);
	return module;
}

} // namespace oriel
