// SPDX-License-Identifier: GPL-2.0
#include "supervisor.hpp"

#include <gtest/gtest.h>

namespace oriel::test {
namespace {

int status_of(const std::vector<std::string> &command)
{
	supervisor waiter;
	const auto started = waiter.start(command);
	if (!started)
		return static_cast<int>(started.failure().code);
	waiter.wait_for_command();
	EXPECT_TRUE(waiter.has_ended());
	return waiter.child_status().value_or(-1);
}

TEST(supervisor, passes_the_status_of_a_command_on)
{
	EXPECT_EQ(status_of({"true"}), 0);
	EXPECT_EQ(status_of({"sh", "-c", "exit 42"}), 42);
	EXPECT_EQ(status_of({"sh", "-c", "kill -9 $$"}), 128 + 9);
}

TEST(supervisor, tells_the_name_of_the_process_that_ended)
{
	supervisor waiter;
	ASSERT_TRUE(waiter.start({"sh", "-c", "exec sleep 0"}));
	EXPECT_FALSE(waiter.ended());
	waiter.wait_for_command();
	ASSERT_TRUE(waiter.ended());
	EXPECT_EQ(waiter.ended()->name, "sleep");
	EXPECT_GT(waiter.ended()->number, 0);
}

TEST(supervisor, a_command_that_cannot_run_has_the_statuses_of_env)
{
	EXPECT_EQ(status_of({"/nonesuch"}), 127);
	EXPECT_EQ(status_of({"/etc/passwd"}), 126);
}

TEST(supervisor, a_command_waits_until_it_is_prepared_for)
{
	supervisor waiter;
	pid_t prepared = 0;
	const auto started = waiter.start({"sh", "-c", "exit $(($$ % 100))"}, [&](pid_t process) -> result<std::monostate> {
		prepared = process;
		return std::monostate{};
	});
	ASSERT_TRUE(started);
	waiter.wait_for_command();
	EXPECT_EQ(waiter.child_status(), prepared % 100) << "it is the process that was prepared for";
}

TEST(supervisor, a_command_that_cannot_be_prepared_for_does_not_run)
{
	supervisor waiter;
	const auto started = waiter.start({"sh", "-c", "kill -9 $PPID"}, [](pid_t) -> result<std::monostate> { return error{"no"}; });
	ASSERT_FALSE(started);
	EXPECT_EQ(started.failure().message, "no");
	EXPECT_FALSE(waiter.child_status());
}

TEST(supervisor, the_command_has_the_signals_as_they_were)
{
	EXPECT_EQ(status_of({"sh", "-c", "kill -TERM $$; exit 3"}), 128 + SIGTERM) << "not blocked";
	EXPECT_EQ(status_of({"sh", "-c", "kill -PIPE $$; exit 3"}), 128 + SIGPIPE) << "not ignored";
}

TEST(supervisor, a_signal_asks_to_end)
{
	supervisor waiter;
	waiter.wait({}, std::chrono::milliseconds(1));
	EXPECT_FALSE(waiter.has_ended());
	::kill(::getpid(), SIGTERM);
	waiter.wait({}, std::chrono::seconds(10));
	EXPECT_TRUE(waiter.has_ended());
	EXPECT_FALSE(waiter.child_status());
}

TEST(supervisor, a_signal_reaches_the_command_whose_end_is_waited_for)
{
	supervisor waiter;
	ASSERT_TRUE(waiter.start({"sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.01; done"}));
	while (!waiter.has_ended()) {
		::kill(::getpid(), SIGTERM);
		waiter.wait({}, std::chrono::milliseconds(50));
	}
	// Before it had set its trap, the signal would have killed it.
	EXPECT_TRUE(waiter.child_status() == 5 || waiter.child_status() == 128 + SIGTERM) << *waiter.child_status();
}

TEST(supervisor, hears_of_descriptors)
{
	int ends[2];
	ASSERT_EQ(::pipe(ends), 0);
	const unique_fd reader(ends[0]), writer(ends[1]);
	supervisor waiter;
	ASSERT_EQ(::write(writer.get(), "x", 1), 1);
	const auto before = std::chrono::steady_clock::now();
	waiter.wait({reader.get()}, std::chrono::seconds(60));
	EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
}

} // namespace
} // namespace oriel::test
