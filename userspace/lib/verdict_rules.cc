// SPDX-License-Identifier: GPL-2.0
#include "verdict_rules.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace oriel {
namespace {

using version = std::pair<unsigned, unsigned>;

// "6.12.117+deb12-amd64" -> 6, 12; what does not begin so is taken for the oldest kernel.
version version_of(std::string_view release)
{
	version found{0, 0};
	const char *end = release.data() + release.size();
	const auto major = std::from_chars(release.data(), end, found.first);
	if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.')
		std::from_chars(major.ptr + 1, end, found.second);
	return found;
}

// When a rule came in: the last version known not to have it, and the first one known to.
struct since {
	version not_through;
	version surely_from;

	std::optional<bool> holds_for(version kernel) const
	{
		if (kernel >= surely_from)
			return true;
		return kernel > not_through ? std::nullopt : std::optional(false);
	}
};

struct taint_rule {
	taint allowed;
	since when;
};

// Seen on 6.1, 6.12, 7.2 and 7.3, where the guests' tests look again.
constexpr std::array<taint_rule, 5> taint_rules{{
	{taint::out_of_tree, {{0, 0}, {0, 0}}},
	{taint::staging, {{0, 0}, {0, 0}}},
	{taint::unsigned_module, {{0, 0}, {0, 0}}},
	{taint::test, {{5, 19}, {6, 0}}},
	{taint::livepatch, {{6, 1}, {6, 12}}},
}};

constexpr since other_layout_refused{{6, 1}, {6, 12}};

} // namespace

tracing_rule tracing_rule_of(std::string_view release)
{
	const version kernel = version_of(release);
	tracing_rule rule;
	for (const taint_rule &entry : taint_rules) {
		const auto allowed = entry.when.holds_for(kernel);
		if (!allowed)
			rule.unsure.add(entry.allowed);
		else if (*allowed)
			rule.allowed.add(entry.allowed);
	}
	return rule;
}

std::optional<bool> refuses_other_layout(std::string_view release)
{
	return other_layout_refused.holds_for(version_of(release));
}

std::optional<bool> platform_keys_count(std::string_view banner)
{
	// Debian's patch "KEYS: Make use of platform keyring for module signature verify".
	if (banner.find("debian-kernel@lists.debian.org") != std::string_view::npos)
		return true;
	return std::nullopt;
}

} // namespace oriel
