// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "kernel_facts.hpp"

namespace oriel {

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

// Whether a kernel trusts the key that signed a module. `signed_by` is the signer's certificate where one is
// at hand.
trust_facts look_up(const signer &who, const std::optional<certificate> &signed_by, const kernel_facts &kernel);

} // namespace oriel
