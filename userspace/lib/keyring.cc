// SPDX-License-Identifier: GPL-2.0
#include "keyring.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <linux/keyctl.h>
#include <sstream>
#include <sys/syscall.h>
#include <unistd.h>

namespace oriel {
namespace {

constexpr std::array<std::string_view, 5> rings_of_interest{
	".builtin_trusted_keys", ".secondary_trusted_keys", ".machine", ".platform", forbidden_keyring,
};

struct listed_key {
	std::uint32_t serial = 0;
	std::string type;
	std::string description;
};

// "SERIAL FLAGS USAGE TIMEOUT PERMISSIONS UID GID TYPE DESCRIPTION: SUMMARY". The type is cut at nine
// characters. A certificate's summary is "X509.rsa KEYID []"; a keyring's is the number of its keys.
std::optional<listed_key> parse_line(const std::string &line)
{
	std::istringstream words(line);
	std::string serial, skipped;
	listed_key key;
	words >> serial;
	for (int i = 0; i < 6; i++)
		words >> skipped;
	words >> key.type >> std::ws;
	std::getline(words, key.description);
	const auto parsed = std::from_chars(serial.data(), serial.data() + serial.size(), key.serial, 16);
	if (parsed.ec != std::errc{} || key.description.empty())
		return std::nullopt;
	const bool is_certificate = key.type.starts_with("asymmetr");
	const auto summary = is_certificate ? key.description.rfind(": X509") : key.description.rfind(": ");
	if (summary != std::string::npos)
		key.description.resize(summary);
	return key;
}

std::vector<listed_key> parse_lines(std::string_view text)
{
	std::vector<listed_key> keys;
	std::istringstream lines{std::string(text)};
	for (std::string line; std::getline(lines, line);)
		if (auto key = parse_line(line))
			keys.push_back(std::move(*key));
	return keys;
}

bool describes(std::string_view description, const std::string &subject, const std::string &id)
{
	return description == subject + ": " + id;
}

// The subject of a key is all before the last ": ".
std::string_view subject_of(std::string_view description)
{
	const auto colon = description.rfind(": ");
	return colon == std::string_view::npos ? description : description.substr(0, colon);
}

std::string_view id_of(std::string_view description)
{
	const auto colon = description.rfind(": ");
	return colon == std::string_view::npos ? std::string_view{} : description.substr(colon + 2);
}

using matcher = std::function<bool(std::string_view description)>;

// Whether a description is that of the key for sure, and whether it may be.
struct matchers {
	matcher exact;
	matcher likely;
	bool exact_excludes; // no exact match means that the key is not there
};

matchers matchers_for(const signer &who, const std::optional<certificate> &signed_by)
{
	if (signed_by)
		return {[&](std::string_view d) { return describes(d, signed_by->subject, signed_by->described_by()); },
			[](std::string_view) { return false; }, true};
	const std::string &id = who.key_id.empty() ? who.serial : who.key_id;
	// Whoever made a key for modules mostly signed the certificate with the key itself.
	return {[&, id](std::string_view d) { return id_of(d) == id && (who.issuer.empty() || subject_of(d) == who.issuer); },
		[&](std::string_view d) { return !who.issuer.empty() && subject_of(d) == who.issuer; },
		!who.key_id.empty()};
}

bool contains(const std::vector<std::string> &keys, const matcher &match)
{
	return std::any_of(keys.begin(), keys.end(), match);
}

trust_facts found_in(const std::string &ring, certainty sure, std::optional<bool> platform_counts)
{
	trust_facts facts{trust::trusted, sure, ring, {}};
	const char *how = sure == certainty::exact ? "its key is" : "a key of the signer's name is";
	facts.reason = fmt::format("{} in {}", how, ring);
	if (ring == forbidden_keyring)
		facts.state = trust::forbidden;
	if (ring == ".platform" && !platform_counts.value_or(false)) {
		facts.state = platform_counts ? trust::untrusted : trust::unknown;
		facts.reason += platform_counts ? ", which this kernel does not use for modules"
						: ", which only some distributions' kernels use for modules";
	}
	return facts;
}

std::optional<trust_facts> find(const keyrings &rings, const matcher &match, certainty sure,
				std::optional<bool> platform_counts)
{
	// The forbidden ones first: they overrule; then those that count everywhere.
	static constexpr std::array<std::string_view, 5> order{
		forbidden_keyring, ".builtin_trusted_keys", ".secondary_trusted_keys", ".machine", ".platform",
	};
	for (const std::string_view name : order)
		if (const auto ring = rings.keys.find(name); ring != rings.keys.end() && contains(ring->second, match))
			return found_in(ring->first, sure, platform_counts);
	return std::nullopt;
}

} // namespace

std::optional<std::vector<std::uint32_t>> read_keyring(std::uint32_t serial)
{
	std::vector<std::uint32_t> members(64);
	for (;;) {
		const std::size_t room = members.size() * sizeof(members[0]);
		const long needed = ::syscall(SYS_keyctl, KEYCTL_READ, serial, members.data(), room, 0);
		if (needed < 0)
			return std::nullopt;
		members.resize(static_cast<std::size_t>(needed) / sizeof(members[0]));
		if (static_cast<std::size_t>(needed) <= room)
			return members;
	}
}

std::optional<keyrings> parse_keyrings(std::string_view proc_keys, const keyring_reader &read)
{
	const auto listed = parse_lines(proc_keys);
	std::map<std::uint32_t, std::string> descriptions;
	for (const listed_key &key : listed)
		descriptions[key.serial] = key.description;

	keyrings rings;
	for (const listed_key &key : listed) {
		const auto &wanted = rings_of_interest;
		if (key.type != "keyring" || std::find(wanted.begin(), wanted.end(), key.description) == wanted.end())
			continue;
		const auto members = read(key.serial);
		if (!members)
			return std::nullopt;
		auto &keys = rings.keys[key.description];
		for (const std::uint32_t member : *members)
			if (const auto known = descriptions.find(member); known != descriptions.end())
				keys.push_back(known->second);
	}
	if (rings.keys.empty())
		return std::nullopt;
	return rings;
}

trust_facts look_up(const signer &who, const std::optional<certificate> &signed_by, const keyrings &rings,
		    std::optional<bool> platform_counts)
{
	const matchers match = matchers_for(who, signed_by);
	if (auto facts = find(rings, match.exact, certainty::exact, platform_counts))
		return *facts;
	if (match.exact_excludes)
		return {trust::untrusted, certainty::exact, {}, "its key is in no keyring of this kernel"};
	if (auto facts = find(rings, match.likely, certainty::likely, platform_counts))
		return *facts;
	return {trust::unknown, certainty::none, {},
		"no key of the signer's name is in a keyring of this kernel, but without its certificate a key of another "
		"name cannot be ruled out"};
}

} // namespace oriel
