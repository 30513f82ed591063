// SPDX-License-Identifier: GPL-2.0
#include "server.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

namespace oriel {
namespace {

constexpr std::size_t most_clients = 16;
constexpr auto patience = std::chrono::seconds(5);

error cannot(const std::string &path, const std::string &reason)
{
	return {fmt::format("{}: {}", path, reason), "the folder must be there and writable: systemd makes /run/oriel"};
}

} // namespace

result<server> server::open(const std::string &path, answer to)
{
	sockaddr_un address{};
	address.sun_family = AF_UNIX;
	if (path.size() >= sizeof(address.sun_path))
		return cannot(path, "the path is too long for a socket");
	std::memcpy(address.sun_path, path.data(), path.size());
	struct stat there;
	if (::lstat(path.c_str(), &there) == 0 && !S_ISSOCK(there.st_mode))
		return cannot(path, "there is something that is no socket");
	::unlink(path.c_str());
	unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	const mode_t mask = ::umask(0117);
	const bool bound = ::bind(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)) == 0;
	const int reason = errno;
	::umask(mask);
	if (!bound || ::listen(fd.get(), most_clients) != 0)
		return cannot(path, std::generic_category().message(bound ? errno : reason));
	if (const group *group = ::getgrnam("oriel"))
		if (::chown(path.c_str(), static_cast<uid_t>(-1), group->gr_gid) != 0)
			return cannot(path, "it cannot be given to the group oriel");
	return server(path, std::move(fd), std::move(to));
}

server::~server()
{
	if (fd_)
		::unlink(path_.c_str());
}

void server::add_to(std::vector<pollfd> &list) const
{
	if (clients_.size() < most_clients)
		list.push_back({fd_.get(), POLLIN, 0});
	for (const client &one : clients_)
		list.push_back({one.fd.get(), static_cast<short>(one.answering ? POLLOUT : POLLIN), 0});
}

void server::accept_all()
{
	while (clients_.size() < most_clients) {
		unique_fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
		if (!fd)
			return;
		clients_.push_back({std::move(fd), clock::now() + patience, {}, {}, false});
	}
}

// Takes what has come; with a whole line, or too long a one, the answer is ready.
bool server::hear(client &one)
{
	char part[longest_daemon_request];
	const ssize_t length = ::recv(one.fd.get(), part, sizeof(part), 0);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	one.heard.append(part, static_cast<std::size_t>(length));
	const auto end = one.heard.find('\n');
	if (end == one.heard.npos && one.heard.size() < longest_daemon_request)
		return length != 0; // else it has gone
	const auto request = parse_daemon_request(std::string_view(one.heard).substr(0, end));
	const auto json = request ? to_(*request) : daemon_error(request.failure());
	one.say = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
	one.answering = true;
	return true;
}

bool server::go_on(client &one)
{
	if (!one.answering && !hear(one))
		return false;
	if (!one.answering)
		return true;
	const ssize_t length = ::send(one.fd.get(), one.say.data(), one.say.size(), MSG_NOSIGNAL);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	one.say.erase(0, static_cast<std::size_t>(length));
	return !one.say.empty();
}

void server::handle(const std::vector<pollfd> &list)
{
	const auto is_ready = [&list](int fd) {
		return std::any_of(list.begin(), list.end(), [fd](const pollfd &at) { return at.fd == fd && at.revents != 0; });
	};
	clients_.remove_if([&](client &one) {
		if (is_ready(one.fd.get()) && !go_on(one))
			return true;
		return clock::now() >= one.until;
	});
	accept_all();
}

} // namespace oriel
