// SPDX-License-Identifier: GPL-2.0
#include "keyring_trust.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

namespace oriel {
namespace {

constexpr std::string_view builtin_keyring = ".builtin_trusted_keys";
constexpr std::string_view platform_keyring = ".platform";

// The forbidden ones first: they overrule; then those that count everywhere.
constexpr std::array<std::string_view, 5> search_order{
	forbidden_keyring, builtin_keyring, ".secondary_trusted_keys", ".machine", platform_keyring,
};

using matcher = std::function<bool(std::string_view description)>;

// The subject of a key is all before the last ": ", its number what follows.
std::string_view subject_of(std::string_view description)
{
	return description.substr(0, description.rfind(": "));
}

std::string_view id_of(std::string_view description)
{
	const auto colon = description.rfind(": ");
	return colon == std::string_view::npos ? std::string_view{} : description.substr(colon + 2);
}

bool describes(std::string_view description, const certificate &cert)
{
	return subject_of(description) == cert.subject && id_of(description) == cert.described_by();
}

// The key that the kernel's builder made signed its own certificate.
bool is_builders_key(std::string_view ring, std::string_view description, const kernel_facts &kernel)
{
	return ring == builtin_keyring && kernel.own_signer && subject_of(description) == kernel.own_signer->issuer;
}

// Whether the certificate of every key that could vouch for a module is at hand. Where it is, a signer that
// is none of them is not trusted for sure.
bool all_keys_are_known(const kernel_facts &kernel)
{
	for (const auto &[ring, keys] : kernel.rings->keys)
		for (const std::string &key : keys) {
			const bool is_ring = kernel.rings->keys.contains(key);
			const auto &certs = kernel.certificates;
			const bool known = is_ring || is_builders_key(ring, key, kernel) ||
					   std::any_of(certs.begin(), certs.end(), [&](const certificate &c) { return describes(key, c); });
			if (ring != forbidden_keyring && !known)
				return false;
		}
	return true;
}

trust_facts found_in(const std::string &ring, certainty sure, std::optional<bool> platform_counts)
{
	trust_facts facts{trust::trusted, sure, ring, {}};
	const char *how = sure == certainty::exact ? "its key is" : "a key of the signer's name is";
	facts.reason = fmt::format("{} in {}", how, ring);
	if (ring == forbidden_keyring)
		facts.state = trust::forbidden;
	if (ring == platform_keyring && !platform_counts.value_or(false)) {
		facts.state = platform_counts ? trust::untrusted : trust::unknown;
		facts.reason += platform_counts ? ", which this kernel does not use for modules"
						: ", which only some distributions' kernels use for modules";
	}
	return facts;
}

std::optional<trust_facts> find(const kernel_facts &kernel, const matcher &match, certainty sure)
{
	for (const std::string_view name : search_order) {
		const auto ring = kernel.rings->keys.find(name);
		if (ring != kernel.rings->keys.end() && std::any_of(ring->second.begin(), ring->second.end(), match))
			return found_in(ring->first, sure, kernel.platform_keys_count);
	}
	return std::nullopt;
}

// By the signature alone: it may name the key by an identifier, or by a number that the kernel also shows
// where the certificate has no identifier. Otherwise only names can be compared.
trust_facts look_up_by_signature(const signer &who, const kernel_facts &kernel)
{
	const std::string &id = who.key_id.empty() ? who.serial : who.key_id;
	const matcher exact = [&](std::string_view d) { return id_of(d) == id && (who.issuer.empty() || subject_of(d) == who.issuer); };
	if (auto facts = find(kernel, exact, certainty::exact))
		return *facts;
	if (!who.key_id.empty() || all_keys_are_known(kernel))
		return {trust::untrusted, certainty::exact, {}, "its key is in no keyring of this kernel"};
	// Whoever makes a key for modules mostly signs the certificate with the key itself.
	const matcher likely = [&](std::string_view d) { return !who.issuer.empty() && subject_of(d) == who.issuer; };
	if (auto facts = find(kernel, likely, certainty::likely))
		return *facts;
	return {trust::untrusted,
		certainty::likely,
		{},
		"no key of the signer's name is in a keyring of this kernel; without its certificate (--cert) one of another name "
		"cannot be ruled out"};
}

} // namespace

trust_facts look_up(const signer &who, const std::optional<certificate> &signed_by, const kernel_facts &kernel)
{
	// Whoever built the kernel signed its own modules: a key that signed one of them is in the kernel.
	if (kernel.own_signer && who.is_same_key(*kernel.own_signer))
		return {trust::trusted, certainty::exact, {}, "the key that signed this kernel's own modules"};
	if (!kernel.rings)
		return {trust::unknown,
			certainty::none,
			{},
			kernel.running ? "only root can see this kernel's keys"
				       : "the keys of a kernel that is not running cannot be seen"};
	if (!signed_by)
		return look_up_by_signature(who, kernel);
	if (auto facts = find(
		    kernel, [&](std::string_view d) { return describes(d, *signed_by); }, certainty::exact))
		return *facts;
	return {trust::untrusted, certainty::exact, {}, "its key is in no keyring of this kernel"};
}

} // namespace oriel
