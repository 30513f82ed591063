// SPDX-License-Identifier: GPL-2.0
#include "live_table.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oriel::test {
namespace {

const std::vector<live_column> columns{
	{"pid", "PID", 0, false, 5}, {"command", "COMMAND", 'c', true, 8}, {"faults", "FAULTS", 'f', false, 7}};

std::vector<live_cell> row(double pid, const std::string &command, double faults)
{
	return {{std::to_string(static_cast<int>(pid)), pid}, {command}, {std::to_string(static_cast<int>(faults)), faults}};
}

const std::vector<std::vector<live_cell>> rows{row(7, "make", 100), row(8, "cc1", 2000), row(9, "ld", 30)};

TEST(live_table, sorts_numbers_by_size_and_texts_by_letters)
{
	EXPECT_EQ(layout(columns, rows, 2, false, 9), (std::vector<std::string>{"  PID COMMAND   FAULTS", "    8 cc1         2000",
										"    7 make         100", "    9 ld            30"}));
	EXPECT_EQ(layout(columns, rows, 1, false, 9)[1], "    8 cc1         2000");
	EXPECT_EQ(layout(columns, rows, 1, true, 9)[1], "    7 make         100");
	EXPECT_EQ(layout(columns, rows, 2, false, 1).size(), 2u);
}

TEST(live_table, a_name_is_no_command_for_the_terminal)
{
	EXPECT_EQ(layout(columns, {row(1, "\x1b[2J", 1)}, 2, false, 9)[1], "    1 ?[2J           1");
}

TEST(live_table, only_columns_that_are_there_are_sorted_by)
{
	const auto table = live_table::make(columns, {2, 0, "size"});
	ASSERT_FALSE(table);
	EXPECT_EQ(table.failure().remedy, "one of: pid, command, faults");
	EXPECT_EQ(table.failure().code, exit_code::usage);
}

// A table in a process of its own, on a terminal.
class on_terminal : public testing::Test {
protected:
	void begin(const live_options &options)
	{
		child_ = ::forkpty(&fd_, nullptr, nullptr, nullptr);
		ASSERT_GE(child_, 0);
		if (child_ != 0)
			return;
		{
			supervisor waiter;
			auto table = live_table::make(columns, options);
			const auto ran = table->run(waiter, [] { return live_frame{{"head"}, rows, {"foot"}, {}}; });
			if (!ran)
				::_exit(9);
		}
		termios after{};
		::tcgetattr(0, &after);
		::_exit((after.c_lflag & ICANON) && (after.c_lflag & ECHO) ? 0 : 8);
	}

	// What comes until `text` stands in it; what comes behind is for the next.
	std::string read_until(const std::string &text)
	{
		pollfd one{fd_, POLLIN, 0};
		while (come_.find(text) == std::string::npos && ::poll(&one, 1, 10'000) > 0) {
			char part[4096];
			const ssize_t length = ::read(fd_, part, sizeof(part));
			if (length <= 0)
				break;
			come_.append(part, static_cast<std::size_t>(length));
		}
		const auto at = come_.find(text);
		const std::string seen = come_.substr(0, at == std::string::npos ? at : at + text.size());
		come_.erase(0, seen.size());
		return seen;
	}

	int end()
	{
		int status = -1;
		ended_ = read_until("never");
		::waitpid(child_, &status, 0);
		::close(fd_);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}

	std::string come_, ended_;
	pid_t child_ = -1;
	int fd_ = -1;
};

TEST_F(on_terminal, keys_sort_and_end)
{
	begin({0.02, 0, "faults"});
	const std::string first = read_until("foot");
	EXPECT_NE(first.find("q quit, r reverse; sort: c command [f faults]"), std::string::npos) << first;
	EXPECT_LT(first.find("cc1"), first.find("make"));
	ASSERT_EQ(::write(fd_, "c", 1), 1);
	EXPECT_NE(read_until("[c command]").find("[c command]"), std::string::npos);
	const std::string sorted = read_until("foot");
	EXPECT_LT(sorted.find(" ld "), sorted.find("make"));
	ASSERT_EQ(::write(fd_, "rq", 2), 2);
	EXPECT_EQ(end(), 0) << "and the terminal is as before";
	EXPECT_NE(ended_.find("\x1b[?1049l"), std::string::npos);
}

TEST_F(on_terminal, signals_end_it_and_leave_the_terminal_as_it_was)
{
	for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
		begin({0.02, 0, "faults"});
		read_until("foot");
		if (number == SIGINT)
			ASSERT_EQ(::write(fd_, "\x03", 1), 1); // as the keyboard sends it
		else
			::kill(child_, number);
		EXPECT_EQ(end(), 0);
		EXPECT_NE(ended_.find("\x1b[?1049l"), std::string::npos);
	}
}

TEST_F(on_terminal, ends_by_itself)
{
	begin({0.01, 3, "faults"});
	EXPECT_EQ(end(), 0);
}

TEST(live_table, without_a_terminal_it_prints_one_below_the_other)
{
	testing::internal::CaptureStdout();
	{
		supervisor waiter;
		ASSERT_TRUE(live_table::make(columns, {0.01, 2, "faults"})->run(waiter, [] { return live_frame{{"head"}, rows, {}, {}}; }));
		ASSERT_TRUE(live_table::make(columns, {0.01, 2, "faults", true})->run(waiter, [] {
			return live_frame{{}, {}, {}, {{"a", 1}}};
		}));
		const auto failed = live_table::make(columns, {0.01, 2, "faults"})->run(waiter, [] { return error{"no"}; });
		EXPECT_FALSE(failed);
	}
	const std::string once = "head\n  PID COMMAND   FAULTS\n    8 cc1         2000\n    7 make         100\n    9 ld            30\n\n";
	EXPECT_EQ(testing::internal::GetCapturedStdout(), once + once + "{\"a\":1}\n{\"a\":1}\n");
}

} // namespace
} // namespace oriel::test
