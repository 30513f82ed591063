// SPDX-License-Identifier: GPL-2.0
#include "netlink_facts.hpp"

#include "netlink_client.hpp"

namespace oriel {
namespace {

using facts_by_name = std::map<std::string, told_facts>;

// Of one module, or of all.
facts_by_name ask(const std::string *module)
{
	auto client = netlink_client::connect();
	if (!client)
		return {};
	const netlink_client::selection this_module{ORIEL_A_MODULE_NAME, module ? *module : ""};
	const netlink_client::selection its_events{ORIEL_A_MODULE_EVENT_MODULE, module ? *module : ""};
	const auto counts = client->dump<module_message>(ORIEL_CMD_MODULE, module ? &this_module : nullptr);
	auto events = client->dump<module_event_message>(ORIEL_CMD_MODULE_EVENT, module ? &its_events : nullptr);
	auto refusals = client->dump<refusal_message>(ORIEL_CMD_REFUSAL);
	facts_by_name facts;
	if (!counts || !events)
		return facts;
	for (const module_message &one : *counts) {
		told_facts told{one, {}, std::nullopt};
		if (refusals)
			told.refusals.emplace();
		facts.emplace(one.name, std::move(told));
	}
	for (module_event_message &event : *events)
		if (const auto its = facts.find(event.module); its != facts.end())
			its->second.events.push_back(std::move(event));
	if (!refusals)
		return facts;
	for (refusal_message &refusal : *refusals)
		if (const auto its = facts.find(refusal.module); its != facts.end())
			its->second.refusals->push_back(std::move(refusal));
	return facts;
}

} // namespace

std::optional<told_facts> ask_told_facts(const std::string &module)
{
	auto facts = ask(&module);
	return facts.empty() ? std::nullopt : std::optional(std::move(facts.begin()->second));
}

std::map<std::string, told_facts> ask_all_told_facts()
{
	return ask(nullptr);
}

} // namespace oriel
