// SPDX-License-Identifier: GPL-2.0
#include "whom.hpp"

#include "cgroup_tree.hpp"
#include "option_check.hpp"

#include <fmt/format.h>

namespace oriel {

void whom::add_options(CLI::App &verb)
{
	CLI::Option *pid = verb.add_option("--pid", process, "Only this process and what it starts")
				   ->check(positive_integer(std::numeric_limits<pid_t>::max()));
	verb.add_option("--cgroup", cgroup, "Only what runs in this control group or below: a path or a unit's name")->excludes(pid);
}

result<counted_whom> whom::find(supervisor &waiter) const
{
	if (process != 0) {
		if (const auto watched = waiter.watch(process); !watched)
			return watched.failure();
		return counted_whom{process, 0, 0};
	}
	if (cgroup.empty())
		return counted_whom{};
	const auto group = cgroup_tree::read().find(cgroup);
	if (!group)
		return group.failure();
	return counted_whom{0, group->id, group->level};
}

result<std::monostate> whom::check(const supervisor &waiter) const
{
	if (waiter.watched_has_ended())
		return error{fmt::format("process {} has ended before it could be counted", process)};
	return std::monostate{};
}

} // namespace oriel
