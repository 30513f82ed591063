// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace oriel {

// Waits for whatever ends or goes on with a command that takes its time: signals, a command of the user's
// that runs meanwhile, descriptors, a time. While it lives, SIGINT, SIGTERM and SIGHUP ask to end instead
// of killing, so that everything is put in order; so does the end of whoever reads our stdout, and SIGPIPE
// is ignored.
class supervisor {
public:
	supervisor();
	~supervisor();
	supervisor(const supervisor &) = delete;
	supervisor &operator=(const supervisor &) = delete;

	// Runs a command; its failure is 126 or 127, as env(1) has it. `prepare` is called when its process is
	// there and has done nothing yet; if that fails, the command does not run.
	using preparation = std::function<result<std::monostate>(pid_t process)>;
	result<std::monostate> start(const std::vector<std::string> &command, const preparation &prepare = {});

	// Ends with this process as well, which is not ours; whoever has its number after it does not matter. Fails if there is none.
	result<std::monostate> watch(pid_t process);
	bool watched_has_ended() const;

	// Returns when a descriptor is readable or hung up, the time is over, or has_ended().
	void wait(const std::vector<int> &descriptors, std::chrono::milliseconds longest);

	// A signal asked to end, and no command runs whose own end is to be waited for; or that has come, or the end of the watched process.
	bool has_ended() const { return child_status_.has_value() || (asked_to_end_ && child_ < 0) || watched_has_ended(); }
	// Waits until the command has ended, if there is one.
	void wait_for_command();

	// What the command exited with; 128 and the signal's number if it was killed. Nothing without one.
	std::optional<int> child_status() const { return child_status_; }

	struct ended_process {
		pid_t number;
		std::string name; // as it was at the end
	};
	// The command's process, once it has ended.
	const std::optional<ended_process> &ended() const { return ended_; }

private:
	void take_signals();
	void reap();

	sigset_t before_;
	unique_fd signals_;
	unique_fd watched_;
	pid_t child_ = -1;
	std::optional<int> child_status_;
	std::optional<ended_process> ended_;
	bool asked_to_end_ = false;
};

} // namespace oriel
