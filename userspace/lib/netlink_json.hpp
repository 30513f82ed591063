// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "netlink_messages.hpp"

#include <nlohmann/json.hpp>

namespace oriel {

template <class Value>
nlohmann::ordered_json value_to_json(const Value &value)
{
	return value;
}
inline nlohmann::ordered_json value_to_json(module_event_state value)
{
	return to_string(value);
}
template <class Message>
nlohmann::ordered_json value_to_json(const std::vector<Message> &list);

// A message as an object, under the names of Documentation/netlink/oriel.yaml.
template <class Message>
nlohmann::ordered_json message_to_json(const Message &message)
{
	nlohmann::ordered_json object = nlohmann::ordered_json::object();
	std::apply([&](const auto &...known) { ((object[known.name] = value_to_json(message.*(known.member))), ...); },
		   attributes_of<Message>);
	return object;
}

template <class Message>
nlohmann::ordered_json value_to_json(const std::vector<Message> &list)
{
	auto array = nlohmann::ordered_json::array();
	for (const Message &one : list)
		array.push_back(message_to_json(one));
	return array;
}

} // namespace oriel
