// SPDX-License-Identifier: GPL-2.0
#include "daemon_protocol.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

TEST(daemon_protocol, knows_its_requests)
{
	const auto status = parse_daemon_request(R"({"version": 1, "request": "status"})");
	ASSERT_TRUE(status);
	EXPECT_EQ(*status, daemon_request::status);
	const auto recording = parse_daemon_request(R"({"request": "recording", "version": 1, "more": [1]})");
	ASSERT_TRUE(recording) << "what is not known is no harm";
	EXPECT_EQ(*recording, daemon_request::recording);
}

TEST(daemon_protocol, refuses_another_version_by_name)
{
	const auto refused = parse_daemon_request(R"({"version": 2, "request": "status"})");
	ASSERT_FALSE(refused);
	EXPECT_EQ(refused.failure().message, "the request is of version 2, orield speaks version 1");
	EXPECT_EQ(refused.failure().code, exit_code::unsupported);
}

TEST(daemon_protocol, refuses_what_is_no_request)
{
	for (const char *line : {"", "{", "[]", "1", "null", "{}", R"({"version": 1})", R"({"version": "1", "request": "status"})",
				 R"({"version": 1, "request": 1})", R"({"version": 1, "request": "stop"})", R"({"request": "status"})",
				 "\xff\xfe", R"({"version": 1, "request": "status"} x)"})
		EXPECT_FALSE(parse_daemon_request(line)) << line;
	EXPECT_FALSE(parse_daemon_request(std::string(longest_daemon_request, ' ')));
	EXPECT_FALSE(parse_daemon_request(std::string(longest_daemon_request - 1, '['))) << "deep";
}

} // namespace
} // namespace oriel::test
