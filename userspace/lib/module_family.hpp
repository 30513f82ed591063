// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <array>
#include <linux/oriel_netlink.h>

namespace oriel {

// One of Oriel's own kernel modules, and the netlink family by which it answers.
struct family_module {
	const char *name;
	const char *family;
	const char *purpose;
};

// In the order in which they are loaded; unloading goes backwards.
inline constexpr std::array<family_module, 2> family_modules{{
	{"oriel", ORIEL_FAMILY_ORIEL, "markers and module verdicts"},
	{"oriel_ns", ORIEL_FAMILY_ORIEL_NS, "PID spaces and clocks"},
}};

} // namespace oriel
