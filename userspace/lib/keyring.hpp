// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "signature.hpp"

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

enum class trust {
	trusted,
	untrusted,
	forbidden,
	unknown,
};

enum class certainty {
	exact,  // by the key itself or its full identifier
	likely, // by names only
	none,
};

// Whether a kernel trusts the key that signed a module, and how that is known.
struct trust_facts {
	trust state = trust::unknown;
	certainty sure = certainty::none;
	std::string keyring; // in which the key was found
	std::string reason;  // for people
};

// Looks the signer of a module up in a kernel's keyrings. `signed_by` is its certificate where one is at
// hand. `platform_counts` says whether this kernel lets the firmware's keys vouch for modules.
trust_facts look_up(const signer &who, const std::optional<certificate> &signed_by, const keyrings &rings,
		    std::optional<bool> platform_counts);

} // namespace oriel
