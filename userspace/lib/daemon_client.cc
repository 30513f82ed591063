// SPDX-License-Identifier: GPL-2.0
#include "daemon_client.hpp"

#include "daemon_protocol.hpp"
#include "unique_fd.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

constexpr std::size_t longest_answer = 16 << 20; // bytes

error cannot(const std::string &socket, const char *what)
{
	const int number = errno;
	if (number == EACCES || number == EPERM)
		return {fmt::format("you may not speak with orield ({})", socket), "run as root, or join the group oriel",
			exit_code::permission};
	const char *reason = number == EAGAIN ? "it does not answer" : nullptr;
	return {fmt::format("orield cannot be {} ({}): {}", what, socket, reason ? reason : std::generic_category().message(number)),
		"journalctl -u orield"};
}

result<std::string> read_line(int fd, const std::string &socket)
{
	std::string line;
	char part[16384];
	for (;;) {
		const ssize_t length = ::recv(fd, part, sizeof(part), 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return cannot(socket, "asked");
		line.append(part, static_cast<std::size_t>(length));
		if (const auto end = line.find('\n'); end != line.npos)
			return line.substr(0, end);
		if (length == 0 || line.size() > longest_answer)
			return error{fmt::format("what answers at {} is no orield", socket), "journalctl -u orield"};
	}
}

error why_nothing_is_recorded(const nlohmann::ordered_json &answer)
{
	const auto reason = answer.find("reason");
	if (reason != answer.end() && reason->is_string() && !reason->get_ref<const std::string &>().empty())
		return {"orield records nothing: " + reason->get<std::string>(),
			"mend that, and orield tries again; journalctl -u orield says more"};
	return {"orield is set to write no recording", "name one in its settings, /etc/oriel/orield.conf: recording.file"};
}

} // namespace

std::string daemon_socket()
{
	const char *said = ::secure_getenv("ORIELD_SOCKET");
	return said && *said ? said : "/run/oriel/orield.sock";
}

result<std::optional<nlohmann::ordered_json>> ask_daemon(const std::string &request, const std::string &socket)
{
	sockaddr_un address{};
	address.sun_family = AF_UNIX;
	if (socket.size() >= sizeof(address.sun_path))
		return error{fmt::format("the path of the socket is too long: {}", socket), "", exit_code::usage};
	std::memcpy(address.sun_path, socket.data(), socket.size());
	const unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	const timeval patience{5, 0};
	::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)) != 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return std::optional<nlohmann::ordered_json>();
		return cannot(socket, "reached");
	}
	const std::string line = nlohmann::json{{"version", daemon_protocol_version}, {"request", request}}.dump() + "\n";
	if (::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
		return cannot(socket, "asked");
	const auto answered = read_line(fd.get(), socket);
	if (!answered)
		return answered.failure();
	auto json = nlohmann::ordered_json::parse(*answered, nullptr, false);
	if (!json.is_object() || !json.contains("version") || json["version"] != daemon_protocol_version)
		return error{fmt::format("what answers at {} is no orield of this version", socket),
			     "install oriel and orield of the same version", exit_code::unsupported};
	if (json.contains("error")) {
		const auto &why = json["error"];
		const auto text = [&](const char *name) {
			return why.is_object() && why.contains(name) && why[name].is_string() ? why[name].get<std::string>() : "";
		};
		return error{"orield: " + text("message"), text("remedy")};
	}
	return std::optional(std::move(json));
}

result<std::string> daemon_recording()
{
	const auto answer = ask_daemon("recording");
	if (!answer)
		return answer.failure();
	if (!*answer && ::access(usual_recording, F_OK) == 0)
		return std::string(usual_recording);
	if (!*answer)
		return error{"no orield runs here, and none has left a recording",
			     "install the package orield (systemctl start orield), or name a FILE that record -o has written"};
	const auto file = (**answer).find("recording");
	if (file == (**answer).end() || !file->is_string() || file->get_ref<const std::string &>().empty())
		return why_nothing_is_recorded(**answer);
	return file->get<std::string>();
}

} // namespace oriel
