// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "netlink_client.hpp"

#include <filesystem>
#include <sys/types.h>

namespace oriel {

// A process that keeps oriel.ko from being unloaded.
struct holder {
	pid_t pid;
	std::string comm;
};

// Who has a file open whose link in /proc/PID/fd begins so, this process apart. Needs root to see all.
std::vector<holder> find_holders(const std::string &link_prefix, const std::filesystem::path &proc = "/proc");

// Switches an event off in every tracing instance, its triggers included; other users of it, perf and
// BPF, are not reached.
void disable_everywhere(const std::filesystem::path &tracefs, const std::string &system, const std::string &event);

// The commands that take the triggers of an event back, as its `trigger` file lists them.
std::vector<std::string> trigger_removals(std::string_view trigger_file);

// Takes away what keeps oriel.ko from being unloaded: arms that were kept, and users of its events in
// tracefs. Fails, naming them and before it has changed anything, where processes hold /dev/oriel, and
// afterwards where perf or BPF still use an event.
result<std::monostate> drain_markers(netlink_client &client);

// delete_module(2), without waiting.
result<std::monostate> unload_module(const std::string &name);

} // namespace oriel
