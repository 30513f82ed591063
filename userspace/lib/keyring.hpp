// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oriel {

// The keyrings of a running kernel that have a say about modules, by name (".builtin_trusted_keys" and
// the like), each with the descriptions of its keys: "SUBJECT: KEY-ID-OR-SERIAL" for a certificate.
struct keyrings {
	std::map<std::string, std::vector<std::string>, std::less<>> keys;
};

inline constexpr const char *forbidden_keyring = ".blacklist";

// Lists the serial numbers of the keys in a keyring, by keyctl(2); nothing where that is not allowed.
using keyring_reader = std::function<std::optional<std::vector<std::uint32_t>>(std::uint32_t)>;
std::optional<std::vector<std::uint32_t>> read_keyring(std::uint32_t serial);

// From the text of /proc/keys, which shows keyrings and keys but not which key is in which keyring.
// Nothing where the caller may not see the kernel's keyrings, that is, without root.
std::optional<keyrings> parse_keyrings(std::string_view proc_keys, const keyring_reader &read);

} // namespace oriel
