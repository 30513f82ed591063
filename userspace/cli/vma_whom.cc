// SPDX-License-Identifier: GPL-2.0
#include "vma_whom.hpp"

#include "cgroup_tree.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace oriel {

void add_whom_options(CLI::App &verb, vma_whom &whom)
{
	CLI::Option *pid = verb.add_option("--pid", whom.process, "Only this process and what it starts")->check(CLI::PositiveNumber);
	verb.add_option("--cgroup", whom.cgroup, "Only what runs in this control group or below: a path or a unit's name")->excludes(pid);
	constexpr std::uint32_t largest = 1 << 24;
	verb.add_option("--table-size", whom.table_size,
			"Address spaces, and threads that end between two readings, to have room for (16384)")
		->check(CLI::Range(1U, largest));
	verb.add_flag("--policies", whom.policies, "Simulate caches of mappings over the same lookups");
}

result<watched_process> watched_process::open(pid_t process)
{
	if (process == 0)
		return watched_process(unique_fd());
	unique_fd fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
	if (!fd)
		return error{errno == ESRCH || errno == EINVAL
				     ? fmt::format("there is no process {}", process)
				     : fmt::format("process {}: {}", process, std::generic_category().message(errno))};
	return watched_process(std::move(fd));
}

bool watched_process::has_ended() const
{
	pollfd one{fd_.get(), POLLIN, 0};
	return fd_ && ::poll(&one, 1, 0) > 0;
}

result<vma_request> request_for(const vma_whom &whom)
{
	vma_request request;
	request.process = whom.process;
	request.policies = whom.policies;
	request.table_size = whom.table_size;
	if (whom.cgroup.empty())
		return request;
	const auto found = cgroup_tree::read().find(whom.cgroup);
	if (!found)
		return found.failure();
	request.cgroup = found->id;
	request.cgroup_level = found->level;
	return request;
}

} // namespace oriel
