// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <array>
#include <linux/oriel_netlink.h>
#include <string_view>

namespace oriel {

// One of Oriel's own kernel modules, and the netlink family by which it answers.
struct family_module {
	const char *name;
	const char *family;
	const char *purpose;
	bool by_name; // loaded only where it is named: mounting loads it
};

// In the order in which they are loaded; unloading goes backwards.
inline constexpr std::array<family_module, 3> family_modules{{
	{"oriel", ORIEL_FAMILY_ORIEL, "markers and module verdicts", false},
	{"oriel_ns", ORIEL_FAMILY_ORIEL_NS, "PID spaces and clocks", false},
	{"orielfs", ORIEL_FAMILY_ORIEL_FS, "a file system stacked over a directory", true},
}};

// The remedy where the running kernel has no such module, or modprobe does not know it.
inline constexpr const char *put_module_there =
	"where its file is not found: depmod, and if that does not help: apt-get install --reinstall oriel-dkms";

constexpr bool is_of_family(std::string_view name)
{
	for (const family_module &module : family_modules)
		if (name == module.name)
			return true;
	return false;
}

// Which module answers for a family; "" for none of Oriel's.
constexpr const char *module_of(std::string_view family)
{
	for (const family_module &module : family_modules)
		if (family == module.family)
			return module.name;
	return "";
}

} // namespace oriel
