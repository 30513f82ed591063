// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "elf_builder.hpp"
#include "elf_markers.hpp"
#include "elf_tracepoints.hpp"

#include <optional>

namespace oriel::test {

inline constexpr const char *stable_magic = "6.1.0-1-amd64 SMP preempt mod_unload modversions ";
inline constexpr std::size_t this_module_bytes = 960;

// A module as kbuild makes them, with what the tests vary.
struct module_builder {
	std::vector<std::string> info{"license=GPL", "name=sample", std::string("vermagic=") + stable_magic};
	std::vector<trace_event> events{{"sample", "sample_tick"}};
	std::vector<marker_place> markers;
	std::vector<std::string> imports{"_printk"};
	std::optional<std::vector<std::pair<std::string, std::uint32_t>>> versions{{{"module_layout", 0x11}, {"_printk", 0x22}}};
	bytes build_id{std::byte{0xab}, std::byte{0xcd}};
	std::uint16_t machine = EM_X86_64;

	bytes build() const;
};

} // namespace oriel::test
