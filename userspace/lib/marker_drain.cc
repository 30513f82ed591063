// SPDX-License-Identifier: GPL-2.0
#include "marker_drain.hpp"

#include "device.hpp"
#include "file_read.hpp"
#include "marker_inventory.hpp"
#include "tracefs.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/oriel.h>
#include <sstream>
#include <sys/syscall.h>
#include <system_error>

namespace oriel {
namespace {

namespace fs = std::filesystem;

bool has_open(const fs::path &process, const std::string &link_prefix)
{
	std::error_code failed;
	fs::directory_iterator at(process / "fd", failed);
	for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
		std::error_code unreadable;
		if (fs::read_symlink(at->path(), unreadable).string().starts_with(link_prefix))
			return true;
	}
	return false;
}

std::string names_of(const std::vector<holder> &holders)
{
	std::vector<std::string> words;
	for (const holder &one : holders)
		words.push_back(fmt::format("{} ({})", one.pid, one.comm));
	return fmt::format("{}", fmt::join(words, ", "));
}

// Markers whose events somebody has enabled.
result<std::vector<std::string>> used_events(netlink_client &client)
{
	const auto markers = client.dump<marker_message>(ORIEL_CMD_MARKER);
	if (!markers)
		return markers.failure();
	std::vector<std::string> names;
	for (const marker_message &marker : *markers)
		if (marker.event_users)
			names.push_back(full_name(marker));
	return names;
}

void disable_all(const fs::path &tracefs, const std::vector<std::string> &names)
{
	for (const std::string &name : names) {
		const auto colon = name.find(':');
		disable_everywhere(tracefs, name.substr(0, colon), name.substr(colon + 1));
	}
}

} // namespace

std::vector<holder> find_holders(const std::string &link_prefix, const fs::path &proc)
{
	std::vector<holder> found;
	std::error_code failed;
	for (fs::directory_iterator at(proc, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) {
		const std::string name = at->path().filename().string();
		pid_t pid = 0;
		const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
		if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size() || pid == ::getpid())
			continue;
		if (has_open(at->path(), link_prefix))
			found.push_back({pid, read_text(at->path() / "comm").value_or("?")});
	}
	std::sort(found.begin(), found.end(), [](const holder &a, const holder &b) { return a.pid < b.pid; });
	return found;
}

std::vector<std::string> trigger_removals(std::string_view trigger_file)
{
	std::vector<std::string> commands;
	std::istringstream lines{std::string(trigger_file)};
	for (std::string line; std::getline(lines, line);) {
		if (line.empty() || line[0] == '#')
			continue;
		if (const auto bracket = line.rfind(" ["); bracket != std::string::npos && line.back() == ']')
			line.resize(bracket);
		commands.push_back("!" + line);
	}
	return commands;
}

void disable_everywhere(const fs::path &tracefs, const std::string &system, const std::string &event)
{
	for (const fs::path &instance : all_instances(tracefs)) {
		const fs::path dir = instance / "events" / system / event;
		for (const std::string &command : trigger_removals(read_text(dir / "trigger").value_or("")))
			static_cast<void>(write_control(dir / "trigger", command));
		if (read_text(dir / "enable").value_or("0") != "0")
			static_cast<void>(write_control(dir / "enable", "0"));
	}
}

result<std::monostate> drain_markers(netlink_client &client)
{
	if (const auto holders = find_holders(ORIEL_DEVICE); !holders.empty())
		return error{fmt::format("oriel.ko is in use by {}", names_of(holders)), "end these first"};
	auto control = device::open();
	if (!control)
		return control.failure();
	if (const auto dropped = control->disarm_kept(""); !dropped)
		return dropped.failure();
	const auto used = used_events(client);
	if (!used)
		return used.failure();
	if (const auto tracefs = find_tracefs()) {
		disable_all(*tracefs, *used);
		remove_stale_instances(*tracefs);
	}
	const auto left = used_events(client);
	if (!left)
		return left.failure();
	if (left->empty())
		return std::monostate{};
	const auto perf = find_holders("anon_inode:[perf_event]");
	const std::string who = perf.empty() ? "" : fmt::format("; processes with perf events: {}", names_of(perf));
	return error{fmt::format("perf or BPF still use {}{}", fmt::join(*left, ", "), who), "end these first"};
}

result<std::monostate> unload_module(const std::string &name)
{
	if (::syscall(SYS_delete_module, name.c_str(), O_NONBLOCK) == 0)
		return std::monostate{};
	const int number = errno;
	const std::string message = fmt::format("{}.ko cannot be unloaded", name);
	if (number == EPERM)
		return error{fmt::format("{}: {}", message, std::generic_category().message(number)), "run as root", exit_code::permission};
	if (number == EWOULDBLOCK || number == EBUSY)
		return error{fmt::format("{}: it is in use {} times", message,
					 read_text(fs::path("/sys/module") / name / "refcnt").value_or("an unknown number of")),
			     name == "orielfs"
				     ? "unmount what is mounted, in other mount namespaces (lsns -t mnt), too; fuser -vm MOUNTPOINT "
				       "says who uses it"
				     : "lsmod says which modules use it; processes are found by: fuser -v " ORIEL_DEVICE};
	return error{fmt::format("{}: {}", message, std::generic_category().message(number))};
}

} // namespace oriel
