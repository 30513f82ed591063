// SPDX-License-Identifier: GPL-2.0
#include "modinfo.hpp"

#include <algorithm>
#include <array>

namespace oriel {

modinfo modinfo::parse(byte_view section)
{
	modinfo info;
	std::string_view rest(reinterpret_cast<const char *>(section.data()), section.size());
	while (!rest.empty()) {
		const std::string_view entry = rest.substr(0, rest.find('\0'));
		if (const auto equals = entry.find('='); equals != std::string_view::npos)
			info.entries_.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
		rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
	}
	return info;
}

std::optional<std::string> modinfo::get(std::string_view key) const
{
	const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto &e) { return e.first == key; });
	if (found == entries_.end())
		return std::nullopt;
	return found->second;
}

std::vector<std::string> modinfo::get_all(std::string_view key) const
{
	std::vector<std::string> values;
	for (const auto &[name, value] : entries_)
		if (name == key)
			values.push_back(value);
	return values;
}

bool is_gpl_compatible(std::string_view license)
{
	// The list of license_is_gpl_compatible() in include/linux/license.h.
	static constexpr std::array<std::string_view, 6> compatible{
		"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};
	return std::find(compatible.begin(), compatible.end(), license) != compatible.end();
}

} // namespace oriel
