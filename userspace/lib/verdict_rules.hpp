// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "module_taint.hpp"

#include <optional>
#include <string_view>

namespace oriel {

// The rules of kernels that no fact on the machine tells: this is the one place where they are derived
// from a version or a banner.

// Which taints of a module's own let the kernel create its trace events (trace_module_has_bad_taint()).
struct tracing_rule {
	taint_set allowed;
	taint_set unsure; // allowed by some kernels of about this version
};

tracing_rule tracing_rule_of(std::string_view release);

// Whether a module whose struct module has another size than the kernel's is refused; nothing where
// versions near this one differ. Older kernels take it and may crash of it.
std::optional<bool> refuses_other_layout(std::string_view release);

// Whether the keys of the firmware (.platform) vouch for modules: a patch that distributions carry.
// `banner` is /proc/version.
std::optional<bool> platform_keys_count(std::string_view banner);

} // namespace oriel
