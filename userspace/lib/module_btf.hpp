// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <cstdint>
#include <optional>

namespace oriel {

// What a kernel's BTF offers to the BTF of modules, which continues its numbering.
struct btf_base {
	std::uint32_t string_bytes = 0;
	std::uint32_t types = 0; // with the void type
};

// What a module's BTF expects of the kernel's.
struct btf_facts {
	// The module brings a part of the kernel's BTF along (.BTF.base), to which the kernel fits it in.
	std::optional<btf_base> carried_base;
	std::uint32_t own_types = 0;
	std::uint32_t highest_type = 0;
	// The size of the kernel's strings that it was made against; nothing where it cannot be told.
	std::optional<std::uint32_t> base_string_bytes;
};

// Both in the byte order of this machine; nothing where the data is no BTF that this program knows.
std::optional<btf_base> read_btf_base(byte_view btf);
std::optional<btf_facts> read_module_btf(byte_view btf, std::optional<byte_view> base = {});

// Whether a module's BTF was made for this kernel's, or for what it carries of one; nothing where it cannot
// be told.
std::optional<bool> fits(const btf_facts &module, const std::optional<btf_base> &kernel);

} // namespace oriel
