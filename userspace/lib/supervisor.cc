// SPDX-License-Identifier: GPL-2.0
#include "supervisor.hpp"

#include "file_read.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

error exec_error(const std::string &program, int number)
{
	return {fmt::format("{}: {}", program, std::generic_category().message(number)), "",
		number == ENOENT ? exit_code::not_found : exit_code::cannot_execute};
}

// In the child: waits for the word to go, then becomes the command, or tells the parent why not.
[[noreturn]] void become(const std::vector<std::string> &command, const sigset_t &signals, int go, int told)
{
	char word = 0;
	if (::read(go, &word, sizeof(word)) != static_cast<ssize_t>(sizeof(word)))
		::_exit(static_cast<int>(exit_code::wrapper_failed));
	std::vector<char *> words;
	for (const std::string &word : command)
		words.push_back(const_cast<char *>(word.c_str()));
	words.push_back(nullptr);
	std::signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals, nullptr);
	::execvp(words[0], words.data());
	const int number = errno;
	[[maybe_unused]] const ssize_t written = ::write(told, &number, sizeof(number));
	::_exit(static_cast<int>(exit_code::not_found));
}

} // namespace

supervisor::supervisor()
{
	sigset_t ours;
	sigemptyset(&ours);
	for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
		sigaddset(&ours, number);
	sigprocmask(SIG_BLOCK, &ours, &before_);
	std::signal(SIGPIPE, SIG_IGN);
	signals_ = unique_fd(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
}

supervisor::~supervisor()
{
	std::signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before_, nullptr);
}

result<std::monostate> supervisor::start(const std::vector<std::string> &command, const preparation &prepare)
{
	int ends[2], go_ends[2];
	if (::pipe2(ends, O_CLOEXEC) != 0)
		return error{"no pipe could be made", "", exit_code::wrapper_failed};
	const unique_fd reader(ends[0]);
	unique_fd writer(ends[1]);
	if (::pipe2(go_ends, O_CLOEXEC) != 0)
		return error{"no pipe could be made", "", exit_code::wrapper_failed};
	unique_fd waits(go_ends[0]), go(go_ends[1]);
	child_ = ::fork();
	if (child_ < 0)
		return error{"no process could be made", "", exit_code::wrapper_failed};
	if (child_ == 0) {
		go.reset();
		become(command, before_, waits.get(), writer.get());
	}
	waits.reset();
	writer.reset();
	if (prepare) {
		if (const auto prepared = prepare(child_); !prepared) {
			go.reset();
			::waitpid(std::exchange(child_, -1), nullptr, 0);
			return prepared.failure();
		}
	}
	[[maybe_unused]] const ssize_t said = ::write(go.get(), "", 1);
	go.reset();
	// The pipe closes when the command starts, and says something only when it does not.
	int number = 0;
	if (::read(reader.get(), &number, sizeof(number)) != static_cast<ssize_t>(sizeof(number)))
		return std::monostate{};
	::waitpid(child_, nullptr, 0);
	child_ = -1;
	return exec_error(command[0], number);
}

result<std::monostate> supervisor::watch(pid_t process)
{
	watched_ = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
	if (!watched_)
		return error{errno == ESRCH || errno == EINVAL
				     ? fmt::format("there is no process {}", process)
				     : fmt::format("process {}: {}", process, std::generic_category().message(errno))};
	return std::monostate{};
}

bool supervisor::watched_has_ended() const
{
	pollfd one{watched_.get(), POLLIN, 0};
	return watched_ && ::poll(&one, 1, 0) > 0;
}

void supervisor::wait(const std::vector<int> &descriptors, std::chrono::milliseconds longest)
{
	if (has_ended())
		return;
	// Of stdout only the end is heard of: that its reader has gone. Once is enough.
	const bool hears_output = !asked_to_end_ && ::fcntl(STDOUT_FILENO, F_GETFD) >= 0;
	std::vector<pollfd> list{{signals_.get(), POLLIN, 0}, {hears_output ? STDOUT_FILENO : -1, 0, 0}, {watched_.get(), POLLIN, 0}};
	for (const int fd : descriptors)
		list.push_back({fd, POLLIN, 0});
	::poll(list.data(), list.size(), static_cast<int>(longest.count()));
	if (list[0].revents != 0)
		take_signals();
	if (list[1].revents & POLLERR)
		asked_to_end_ = true;
}

void supervisor::wait_for_command()
{
	while (child_ > 0)
		wait({}, std::chrono::hours(1));
}

void supervisor::take_signals()
{
	signalfd_siginfo info;
	while (::read(signals_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
		if (info.ssi_signo == SIGCHLD) {
			reap();
			continue;
		}
		asked_to_end_ = true;
		// The terminal sends its signals to the command as well; a process sends them to us alone.
		const bool from_process = info.ssi_code <= 0;
		if (child_ > 0 && from_process)
			::kill(child_, static_cast<int>(info.ssi_signo));
	}
}

void supervisor::reap()
{
	int status = 0;
	siginfo_t info{};
	if (child_ > 0 && ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child_)
		ended_ = ended_process{child_, read_text(fmt::format("/proc/{}/comm", child_)).value_or("")};
	if (child_ < 0 || ::waitpid(child_, &status, WNOHANG) != child_ || !(WIFEXITED(status) || WIFSIGNALED(status)))
		return;
	constexpr int killed_by = 128;
	child_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : killed_by + WTERMSIG(status);
	child_ = -1;
}

} // namespace oriel
