// SPDX-License-Identifier: GPL-2.0
#include "companion_abi.hpp"

#include <linux/oriel.h>
#include <linux/oriel_netlink.h>

namespace oriel {

static_assert(ORIEL_ABI_VERSION == ORIEL_NETLINK_VERSION);

std::uint32_t companion_abi()
{
	return ORIEL_ABI_VERSION;
}

} // namespace oriel
