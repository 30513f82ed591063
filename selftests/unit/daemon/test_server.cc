// SPDX-License-Identifier: GPL-2.0
#include "daemon_client.hpp"
#include "only_one.hpp"
#include "scratch.hpp"
#include "server.hpp"

#include <atomic>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>

namespace oriel::test {
namespace {

// A server in a thread of its own, as long as it lives.
class running_server {
public:
	explicit running_server(const std::string &path)
	    : opened_(server::open(path, [](daemon_request) {
		      return nlohmann::ordered_json{{"version", 1}, {"text", std::string(1 << 20, 'x')}};
	      }))
	{
		thread_ = std::thread([this] {
			while (!end_) {
				std::vector<pollfd> list;
				opened_->add_to(list);
				::poll(list.data(), list.size(), 10);
				opened_->handle(list);
			}
		});
	}
	~running_server()
	{
		end_ = true;
		thread_.join();
	}

private:
	result<server> opened_;
	std::atomic<bool> end_ = false;
	std::thread thread_;
};

unique_fd connect_to(const std::string &path)
{
	sockaddr_un address{};
	address.sun_family = AF_UNIX;
	std::memcpy(address.sun_path, path.data(), path.size());
	unique_fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)), 0);
	return fd;
}

std::string say(const std::string &path, const std::string &text)
{
	const unique_fd fd = connect_to(path);
	EXPECT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
	std::string heard;
	char part[65536];
	for (ssize_t length; (length = ::recv(fd.get(), part, sizeof(part), 0)) > 0;)
		heard.append(part, static_cast<std::size_t>(length));
	return heard;
}

TEST(server, answers_a_request_longer_than_a_buffer)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const running_server server(path);
	struct stat facts;
	ASSERT_EQ(::stat(path.c_str(), &facts), 0);
	EXPECT_EQ(facts.st_mode & 0777, 0660u);
	const auto answer = ask_daemon("status", path);
	ASSERT_TRUE(answer);
	ASSERT_TRUE(*answer);
	EXPECT_EQ((**answer)["text"].get<std::string>().size(), 1u << 20);
}

TEST(server, refuses_what_is_no_request_and_goes_on)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const running_server server(path);
	EXPECT_NE(say(path, "nonsense\n").find("no JSON object"), std::string::npos);
	EXPECT_NE(say(path, std::string(longest_daemon_request, 'a')).find("longer than 4096 bytes"), std::string::npos)
		<< "without an end";
	EXPECT_NE(say(path, "{\"version\":7,\"request\":\"status\"}\n").find("version 7"), std::string::npos);
	const unique_fd gone = connect_to(path); // and says nothing
	EXPECT_TRUE(ask_daemon("status", path));
	const auto refused = ask_daemon("nothing", path);
	ASSERT_FALSE(refused);
	EXPECT_EQ(refused.failure().message, "orield: orield knows no request \"nothing\"");
}

TEST(server, waits_for_the_rest_of_a_request)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const running_server server(path);
	const unique_fd half = connect_to(path), gone = connect_to(path);
	const std::string first = "{\"version\":1,", rest = "\"request\":\"status\"}\n";
	for (const unique_fd *one : {&half, &gone})
		ASSERT_EQ(::send(one->get(), first.data(), first.size(), MSG_NOSIGNAL), static_cast<ssize_t>(first.size()));
	EXPECT_TRUE(ask_daemon("status", path)) << "others need not wait for it";
	::shutdown(gone.get(), SHUT_WR);
	char letter = 0;
	EXPECT_EQ(::recv(gone.get(), &letter, 1, 0), 0) << "who says no more hears nothing";
	ASSERT_EQ(::send(half.get(), rest.data(), rest.size(), MSG_NOSIGNAL), static_cast<ssize_t>(rest.size()));
	EXPECT_EQ(::recv(half.get(), &letter, 1, 0), 1);
	EXPECT_EQ(letter, '{');
}

TEST(server, answers_bytes_that_are_no_text)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const running_server server(path);
	EXPECT_NE(say(path, std::string("\0\x1\xff\xfe\n", 5)).find("no JSON object"), std::string::npos);
	EXPECT_NE(say(path, "{\"version\":1,\"request\":\"\xff\"}\n").find("no JSON object"), std::string::npos);
	EXPECT_TRUE(ask_daemon("status", path));
}

TEST(server, many_that_say_nothing_hold_up_others_for_a_while_only)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const running_server server(path);
	std::vector<unique_fd> silent;
	for (int i = 0; i < 15; i++)
		silent.push_back(connect_to(path));
	EXPECT_TRUE(ask_daemon("status", path));
}

TEST(server, replaces_a_stale_socket_but_nothing_else)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "s").string();
	const auto answer = [](daemon_request) { return nlohmann::ordered_json{}; };
	std::ofstream(path) << "precious";
	EXPECT_FALSE(server::open(path, answer));
	EXPECT_FALSE(server::open(path + std::string(200, 'x'), answer));
	EXPECT_FALSE(server::open("/nowhere/s", answer));
	const auto nobody = ask_daemon("status", (dir.path() / "none").string());
	ASSERT_TRUE(nobody);
	EXPECT_FALSE(*nobody) << "none runs";
}

TEST(only_one, names_the_other)
{
	const scratch_dir dir;
	const std::string path = (dir.path() / "lock").string();
	const auto first = only_one::claim(path);
	ASSERT_TRUE(first);
	const auto second = only_one::claim(path);
	ASSERT_FALSE(second);
	EXPECT_EQ(second.failure().message, "orield runs already, as process " + std::to_string(::getpid()));
}

} // namespace
} // namespace oriel::test
