// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "supervisor.hpp"
#include "vma_collector.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace oriel {

// Whose faults and lookups are counted, as the options of record and top say.
struct vma_whom {
	pid_t process = 0;
	std::string cgroup;
	bool policies = false;
	std::uint32_t table_size = vma_request{}.table_size;
};
void add_whom_options(CLI::App &verb, vma_whom &whom);

// The process that alone is counted; its number may become another's.
class watched_process {
public:
	// Fails if there is none; 0 is none, and never ends.
	static result<watched_process> open(pid_t process);
	bool has_ended() const;
	// Readable when it has ended; -1 for none.
	int descriptor() const { return fd_.get(); }

private:
	explicit watched_process(unique_fd fd) : fd_(std::move(fd)) {}
	unique_fd fd_;
};

// For the process and the control group that are asked for; nothing is attached yet.
result<vma_request> request_for(const vma_whom &whom);

} // namespace oriel
