// SPDX-License-Identifier: GPL-2.0
#include "netlink_decode.hpp"

#include <algorithm>
#include <cstring>
#include <linux/netlink.h>

namespace oriel {
namespace {

template <class Number>
bool read_number(byte_view value, Number &out)
{
	if (value.size() != sizeof(out))
		return false;
	std::memcpy(&out, value.data(), sizeof(out));
	return true;
}

} // namespace

std::optional<attribute_view> take_attribute(byte_view &rest)
{
	nlattr header{};
	if (rest.size() < sizeof(header))
		return std::nullopt;
	std::memcpy(&header, rest.data(), sizeof(header));
	if (header.nla_len < sizeof(header) || header.nla_len > rest.size())
		return std::nullopt;
	const attribute_view found{header.nla_type & NLA_TYPE_MASK, rest.subspan(sizeof(header), header.nla_len - sizeof(header))};
	// The last one's padding may be missing.
	rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len), rest.size()));
	return found;
}

bool read_value(byte_view value, std::string &out)
{
	if (value.empty() || value.back() != std::byte{0})
		return false;
	out = reinterpret_cast<const char *>(value.data());
	return true;
}

bool read_value(byte_view value, std::uint8_t &out)
{
	return read_number(value, out);
}
bool read_value(byte_view value, std::uint32_t &out)
{
	return read_number(value, out);
}
bool read_value(byte_view value, std::uint64_t &out)
{
	return read_number(value, out);
}

bool read_value(byte_view value, bool &out)
{
	std::uint8_t number = 0;
	const bool good = read_number(value, number);
	out = number != 0;
	return good;
}

bool read_value(byte_view value, module_event_state &out)
{
	std::uint8_t number = 0;
	const bool good = read_number(value, number);
	out = static_cast<module_event_state>(number);
	return good;
}

} // namespace oriel
