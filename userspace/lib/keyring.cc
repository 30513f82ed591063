// SPDX-License-Identifier: GPL-2.0
#include "keyring.hpp"

#include <algorithm>
#include <array>
#include <charconv>
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

} // namespace oriel
