// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "daemon_protocol.hpp"
#include "unique_fd.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <poll.h>
#include <string>
#include <vector>

namespace oriel {

// Answers clients at a Unix socket, one request each. Never waits: a client that is slow is asked again when it is ready, and dropped
// after a while; there are only so many at once.
class server {
public:
	using answer = std::function<nlohmann::ordered_json(daemon_request)>;

	// Makes the socket, mode 0660, of the group oriel where there is one. What lies at the path already is replaced if it is a socket.
	static result<server> open(const std::string &path, answer to);
	server(server &&) = default;
	~server();

	// What to wait for; then handle() with what poll(2) said of them.
	void add_to(std::vector<pollfd> &list) const;
	void handle(const std::vector<pollfd> &list);
	// Whether there are clients, so that handle() is wanted at least every second.
	bool is_busy() const { return !clients_.empty(); }

private:
	using clock = std::chrono::steady_clock;
	struct client {
		unique_fd fd;
		clock::time_point until;
		std::string heard;
		std::string say; // what is left of the answer
		bool answering = false;
	};

	server(std::string path, unique_fd fd, answer to) : path_(std::move(path)), fd_(std::move(fd)), to_(std::move(to)) {}
	void accept_all();
	bool go_on(client &one); // false: it is done with
	bool hear(client &one);

	std::string path_;
	unique_fd fd_;
	answer to_;
	std::list<client> clients_;
};

} // namespace oriel
