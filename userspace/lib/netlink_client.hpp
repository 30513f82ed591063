// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "netlink_decode.hpp"

#include <functional>
#include <memory>

struct nl_sock;

namespace oriel {

// A connection to one of the generic netlink families of Oriel's modules.
class netlink_client {
public:
	// Fails with module_absent where the family's module is not loaded, and with unsupported, naming
	// both, where it speaks another version.
	static result<netlink_client> connect(const std::string &family = ORIEL_FAMILY_ORIEL);

	// What the module said of itself when the connection was made.
	const status_message &status() const { return status_; }

	// All rows of a command. `select` is the request's string: its attribute's number and its value;
	// where nothing is called so, there are no rows.
	struct selection {
		int attribute;
		std::string value;
	};
	template <class Message>
	result<std::vector<Message>> dump(int command, const selection *select = nullptr);

	// Hears from now on what the group is told. Fails with permission without CAP_SYS_ADMIN.
	result<std::monostate> join(const std::string &group);
	// Readable when there is something to receive().
	int descriptor() const;
	// What the group was told since, without waiting. `lost` counts the times that the kernel had to
	// drop messages, since nobody received them in time.
	template <class Message>
	result<std::vector<Message>> receive(std::uint64_t &lost);

private:
	using take_payload = std::function<bool(byte_view)>;
	struct free_socket {
		void operator()(nl_sock *socket) const;
	};

	netlink_client(std::unique_ptr<nl_sock, free_socket> socket, std::string family, int number)
	    : socket_(std::move(socket)), family_(std::move(family)), number_(number)
	{
	}
	result<std::monostate> ask(int command, int flags, const selection *select, const take_payload &take);
	result<std::monostate> hear(const take_payload &take, std::uint64_t &lost);

	std::unique_ptr<nl_sock, free_socket> socket_;
	std::string family_;
	int number_;
	status_message status_;
};

template <class Message>
result<std::vector<Message>> netlink_client::dump(int command, const selection *select)
{
	std::vector<Message> rows;
	constexpr int dump_flags = 0x300; // NLM_F_DUMP
	const auto asked = ask(command, dump_flags, select, [&](byte_view payload) { return decode(payload, rows.emplace_back()); });
	if (!asked)
		return asked.failure();
	return rows;
}

template <class Message>
result<std::vector<Message>> netlink_client::receive(std::uint64_t &lost)
{
	std::vector<Message> rows;
	const auto heard = hear([&](byte_view payload) { return decode(payload, rows.emplace_back()); }, lost);
	if (!heard)
		return heard.failure();
	return rows;
}

} // namespace oriel
