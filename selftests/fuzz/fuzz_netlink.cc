// SPDX-License-Identifier: GPL-2.0
// The reader of netlink messages: the first byte chooses the kind, the rest is the message.
#include "netlink_decode.hpp"

#include <cstdlib>

namespace {

template <class Message>
void try_one(oriel::byte_view payload)
{
	Message message;
	static_cast<void>(oriel::decode(payload, message));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	if (size == 0)
		return 0;
	const oriel::byte_view payload(reinterpret_cast<const std::byte *>(data) + 1, size - 1);
	switch (data[0] % 6) {
	case 0:
		try_one<oriel::marker_message>(payload);
		break;
	case 1:
		try_one<oriel::module_message>(payload);
		break;
	case 2:
		try_one<oriel::module_event_message>(payload);
		break;
	case 3:
		try_one<oriel::refusal_message>(payload);
		break;
	case 4:
		try_one<oriel::mount_message>(payload);
		break;
	default:
		try_one<oriel::status_message>(payload);
		break;
	}
	return 0;
}
