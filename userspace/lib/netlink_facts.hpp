// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "netlink_messages.hpp"

#include <map>
#include <optional>

namespace oriel {

// What oriel.ko, which looks from inside, says of a loaded module's tracing.
struct told_facts {
	module_message counts;
	std::vector<module_event_message> events;
	std::optional<std::vector<refusal_message>> refusals = {}; // of its markers; told to root alone
};

// Nothing where oriel.ko is not loaded, is of another version, or does not know the module.
std::optional<told_facts> ask_told_facts(const std::string &module);

// The same of all modules, by name.
std::map<std::string, told_facts> ask_all_told_facts();

} // namespace oriel
