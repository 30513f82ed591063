// SPDX-License-Identifier: GPL-2.0
#include "marker/policy.h"

namespace oriel {
namespace {

constexpr struct {
	marker_policy policy;
	const char *name;
} names[] = {
	{marker_policy::any, "any"},
	{marker_policy::not_proprietary, "not-proprietary"},
	{marker_policy::not_forced, "not-forced"},
	{marker_policy::signed_only, "signed"},
};

} // namespace

bool parse_policy(text name, marker_policy &out)
{
	for (const auto &n : names) {
		if (name == n.name) {
			out = n.policy;
			return true;
		}
	}
	return false;
}

const char *policy_name(marker_policy policy)
{
	for (const auto &n : names)
		if (n.policy == policy)
			return n.name;
	return "unknown";
}

const char *refusal_by_policy(marker_policy policy, const okb_module_facts &facts)
{
	if (policy == marker_policy::any)
		return nullptr;
	if (policy == marker_policy::signed_only)
		return facts.trusted_signature ? nullptr : "markers refused: not signed by a trusted key, and marker_policy=signed";
	if (facts.taints & okb_taint_proprietary)
		return "markers refused: the module is proprietary, and marker_policy is not any";
	if (policy == marker_policy::not_forced && (facts.taints & okb_taint_forced))
		return "markers refused: the module was force-loaded, and marker_policy=not-forced";
	return nullptr;
}

} // namespace oriel
