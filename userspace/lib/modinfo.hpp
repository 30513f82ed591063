// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oriel {

// The "key=value" strings of a module's .modinfo section, in their order.
class modinfo {
public:
	static modinfo parse(byte_view section);

	// The first value of a key, as the kernel takes it.
	std::optional<std::string> get(std::string_view key) const;
	std::vector<std::string> get_all(std::string_view key) const;
	bool has(std::string_view key) const { return get(key).has_value(); }

private:
	std::vector<std::pair<std::string, std::string>> entries_;
};

// Whether the kernel lets a module of this licence use its GPL-only symbols.
bool is_gpl_compatible(std::string_view license);

} // namespace oriel
