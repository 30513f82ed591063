/* SPDX-License-Identifier: GPL-2.0 */
/* Which modules may register markers: the module parameter marker_policy. */
#pragma once

#include "bindings/okb_module.h"
#include "kcore/text.h"

namespace oriel {

enum class marker_policy {
	any,
	not_proprietary, /* the default */
	not_forced,      /* nor proprietary */
	signed_only,     /* by a key that the kernel trusts */
};

/* "any", "not-proprietary", "not-forced", "signed"; false for anything else. */
bool parse_policy(text name, marker_policy &out);
const char *policy_name(marker_policy policy);

/* NULL if the module may register, else the reason why not, for the kernel log. */
const char *refusal_by_policy(marker_policy policy, const okb_module_facts &facts);

} // namespace oriel
