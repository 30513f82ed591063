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
	bool carries_base = false; // the module brings a .BTF.base: the kernel fits it in by itself
	std::uint32_t own_types = 0;
	std::uint32_t highest_type = 0;
	// The size of the kernel's strings that it was made against; nothing where it cannot be told.
	std::optional<std::uint32_t> base_string_bytes;
};

// Both in the byte order of this machine; nothing where the data is no BTF that this program knows.
std::optional<btf_base> read_btf_base(byte_view btf);
std::optional<btf_facts> read_module_btf(byte_view btf, bool carries_base);

// Whether a module's BTF was made for this kernel's; nothing where it cannot be told.
std::optional<bool> fits(const btf_facts &module, const btf_base &kernel);

} // namespace oriel
