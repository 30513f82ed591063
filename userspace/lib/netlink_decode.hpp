// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"
#include "netlink_messages.hpp"

#include <optional>
#include <string_view>

namespace oriel {

// One netlink attribute: its number and what it holds.
struct attribute_view {
	int number;
	byte_view value;
};

// Takes the first attribute off `rest`; nothing at the end or where the rest is damaged, and then `rest`
// is empty only at the end.
std::optional<attribute_view> take_attribute(byte_view &rest);

// An attribute's value, or false where its size is not that of its type.
bool read_value(byte_view value, std::string &out);
bool read_value(byte_view value, std::uint8_t &out);
bool read_value(byte_view value, std::uint32_t &out);
bool read_value(byte_view value, std::uint64_t &out);
bool read_value(byte_view value, bool &out);
bool read_value(byte_view value, module_event_state &out);

template <class Message>
bool decode(byte_view payload, Message &out);

template <class Message>
bool read_value(byte_view value, std::vector<Message> &out)
{
	return decode(value, out.emplace_back());
}

// Fills a message from the attributes of one; those that this program does not know are passed over, so
// that a newer kernel may tell more. False where one is damaged.
template <class Message>
bool decode(byte_view payload, Message &out)
{
	while (const auto attribute = take_attribute(payload)) {
		bool good = true;
		const auto try_one = [&](const auto &known) {
			if (known.number == attribute->number)
				good = read_value(attribute->value, out.*(known.member));
		};
		std::apply([&](const auto &...known) { (try_one(known), ...); }, attributes_of<Message>);
		if (!good)
			return false;
	}
	return payload.empty();
}

} // namespace oriel
