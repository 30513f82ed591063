// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace oriel {

// The version of the interface to the modules that this program was built for: that of linux/oriel.h and
// linux/oriel_netlink.h. Alone in its file: the test of a refused companion links another.
std::uint32_t companion_abi();

// The version of the program itself, "0.1.0".
const char *companion_version();

// That a module of Oriel is not there, with what helps where anything does.
error not_loaded(const std::string &module);

// Where a module speaks another version of the interface: the refusal that names both. `version` is the
// module's own, or empty where it is not known.
std::optional<error> check_abi(std::uint32_t spoken, const std::string &module, const std::string &version);

} // namespace oriel
