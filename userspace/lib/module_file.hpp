// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "compress.hpp"
#include "elf_markers.hpp"
#include "elf_tracepoints.hpp"
#include "modinfo.hpp"
#include "module_btf.hpp"
#include "signature.hpp"

#include <map>

namespace oriel {

// What a module's file says, by itself and without asking any kernel.
struct module_file {
	std::string path;
	std::string name;
	compression packed = compression::none;
	std::uint16_t machine = 0; // EM_* of elf.h
	std::size_t word_size = 8; // bytes
	modinfo info;
	std::string build_id; // hex; empty where it has none
	signature sig;
	// Of the certificates that were at hand, the one whose key signed; and whether the signature is
	// really one of this content.
	std::optional<certificate> signed_by;
	std::optional<bool> content_is_signed;
	std::optional<std::map<std::string, std::uint32_t, std::less<>>> versions; // checksums by symbol
	std::vector<std::string> imports;
	bool exports_lack_versions = false;
	std::uint64_t this_module_bytes = 0; // the size of struct module that it was built with
	std::optional<btf_facts> btf;
	bool has_btf = false;
	tracepoint_facts tracepoints;
	std::vector<marker_place> markers;
	// A directory with a makefile in which the module seems to have been built; empty where unknown.
	std::string source_dir;

	std::string vermagic() const { return info.get("vermagic").value_or(""); }
	bool is_intree() const { return info.has("intree"); }
	bool is_marked_livepatch() const { return info.has("livepatch"); }
	bool imports_symbol(std::string_view symbol) const;
	// The checksum of a symbol that it was built with.
	std::optional<std::uint32_t> version_of(std::string_view symbol) const;
};

// Reads and takes apart a module; `certificates` are those of keys that may have signed it.
result<module_file> read_module_file(const std::filesystem::path &path, const std::vector<certificate> &certificates = {});

// The same for a module in memory, decompressed; what needs the file system stays empty.
result<module_file> parse_module(byte_view content, const std::string &path, const std::vector<certificate> &certificates = {});

} // namespace oriel
