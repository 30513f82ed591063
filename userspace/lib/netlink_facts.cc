// SPDX-License-Identifier: GPL-2.0
#include "netlink_facts.hpp"

#include "netlink_client.hpp"

namespace oriel {

std::optional<told_facts> ask_told_facts(const std::string &module)
{
	auto client = netlink_client::connect();
	if (!client)
		return std::nullopt;
	const netlink_client::selection this_module{ORIEL_A_MODULE_NAME, module};
	const auto counts = client->dump<module_message>(ORIEL_CMD_MODULE, &this_module);
	const netlink_client::selection its_events{ORIEL_A_MODULE_EVENT_MODULE, module};
	auto events = client->dump<module_event_message>(ORIEL_CMD_MODULE_EVENT, &its_events);
	if (!counts || counts->empty() || !events)
		return std::nullopt;
	return told_facts{counts->front(), std::move(*events)};
}

} // namespace oriel
