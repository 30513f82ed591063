// SPDX-License-Identifier: GPL-2.0
#include "tracefs.hpp"

#include "file_read.hpp"
#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

namespace oriel {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view instance_prefix = "oriel-";

error control_error(const fs::path &file, int number, std::string_view said)
{
	const bool denied = number == EACCES || number == EPERM;
	return {fmt::format("{}: {}", file.string(), said.empty() ? std::generic_category().message(number) : std::string(said)),
		denied ? "run as root; a locked-down kernel refuses root as well" : "",
		denied ? exit_code::permission : exit_code::failure};
}

// The number behind "key: "; 0 where there is none.
std::uint64_t number_behind(std::string_view text, std::string_view key)
{
	for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
		if (at != 0 && text[at - 1] != '\n') // "overrun" is also the end of "commit overrun"
			continue;
		std::uint64_t value = 0;
		std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
		return value;
	}
	return 0;
}

// A filter that the kernel refuses is shown by the filter file with the reason below it.
std::string reason_in_filter(const fs::path &file)
{
	const auto text = read_text(file).value_or("");
	const auto line_end = text.rfind('\n');
	const std::string last = line_end == std::string::npos ? text : text.substr(line_end + 1);
	return last == "none" ? "" : last.substr(std::min(last.find_first_not_of(" ^"), last.size()));
}

// An instance of ours is called by the number of its process.
bool is_left_behind(std::string_view name)
{
	if (!name.starts_with(instance_prefix) || name.size() == instance_prefix.size())
		return false;
	const std::string_view pid = name.substr(instance_prefix.size());
	const bool is_number = std::all_of(pid.begin(), pid.end(), [](char c) { return c >= '0' && c <= '9'; });
	std::error_code failed;
	return is_number && !fs::exists(fs::path("/proc") / pid, failed);
}

} // namespace

result<fs::path> find_tracefs()
{
	bool denied = false;
	for (const char *place : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
		std::error_code failed;
		const fs::path dir = place;
		if (fs::exists(dir / "trace_clock", failed))
			return dir;
		denied = denied || failed == std::errc::permission_denied;
	}
	if (denied)
		return error{"tracefs may only be read by root", "run as root", exit_code::permission};
	return error{"tracefs is not mounted", "mount -t tracefs tracefs /sys/kernel/tracing", exit_code::unsupported};
}

result<std::monostate> write_control(const fs::path &file, std::string_view value)
{
	const unique_fd fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
	if (!fd)
		return control_error(file, errno, "");
	if (::write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
		return control_error(file, errno, "");
	return std::monostate{};
}

buffer_counts parse_buffer_stats(std::string_view text)
{
	return {number_behind(text, "overrun: "), number_behind(text, "commit overrun: "), number_behind(text, "dropped events: ")};
}

result<trace_instance> trace_instance::create(const fs::path &tracefs, std::uint32_t buffer_kib)
{
	remove_stale_instances(tracefs);
	const fs::path dir = tracefs / "instances" / fmt::format("{}{}", instance_prefix, ::getpid());
	constexpr mode_t for_root_only = 0700;
	if (::mkdir(dir.c_str(), for_root_only) != 0)
		return control_error(dir, errno, "");
	trace_instance made(dir);
	// The only clock that user space can read as well: by it the order of events across processors is known.
	if (const auto set = write_control(dir / "trace_clock", "mono"); !set)
		return set.failure();
	if (buffer_kib != 0)
		if (const auto set = write_control(dir / "buffer_size_kb", std::to_string(buffer_kib)); !set)
			return set.failure();
	return made;
}

void trace_instance::remove()
{
	if (dir_.empty())
		return;
	disable_all();
	::rmdir(dir_.c_str());
	dir_.clear();
}

std::vector<unsigned> trace_instance::processors() const
{
	std::vector<unsigned> numbers;
	std::error_code failed;
	for (const auto &entry : fs::directory_iterator(dir_ / "per_cpu", failed)) {
		const std::string name = entry.path().filename().string();
		unsigned number = 0;
		if (name.starts_with("cpu") && std::from_chars(name.data() + 3, name.data() + name.size(), number).ec == std::errc{})
			numbers.push_back(number);
	}
	std::sort(numbers.begin(), numbers.end());
	return numbers;
}

result<std::monostate> trace_instance::enable(const std::string &system, const std::string &event, const std::string &filter)
{
	const fs::path dir = event_dir(system, event);
	if (is_enabled(system, event))
		return std::monostate{};
	if (!filter.empty())
		if (const auto set = write_control(dir / "filter", filter); !set) {
			const std::string reason = reason_in_filter(dir / "filter");
			return error{fmt::format("{}:{}: the filter is refused: {}", system, event,
						 reason.empty() ? set.failure().message : reason)};
		}
	return write_control(dir / "enable", "1");
}

// "1", or "1*" where a trigger has it in its hand.
bool trace_instance::is_enabled(const std::string &system, const std::string &event) const
{
	return read_text(event_dir(system, event) / "enable").value_or("0").starts_with('1');
}

void trace_instance::disable_all()
{
	static_cast<void>(write_control(dir_ / "events/enable", "0"));
}

std::string trace_instance::stats_text(unsigned processor) const
{
	return read_text(dir_ / "per_cpu" / fmt::format("cpu{}", processor) / "stats").value_or("");
}

unsigned remove_stale_instances(const fs::path &tracefs)
{
	unsigned removed = 0;
	std::error_code failed;
	std::vector<fs::path> stale;
	for (const auto &entry : fs::directory_iterator(tracefs / "instances", failed))
		if (is_left_behind(entry.path().filename().string()))
			stale.push_back(entry.path());
	for (const fs::path &dir : stale) {
		static_cast<void>(write_control(dir / "events/enable", "0"));
		removed += ::rmdir(dir.c_str()) == 0;
	}
	return removed;
}

std::vector<fs::path> all_instances(const fs::path &tracefs)
{
	std::vector<fs::path> dirs{tracefs};
	std::error_code failed;
	for (const auto &entry : fs::directory_iterator(tracefs / "instances", failed))
		if (entry.is_directory(failed))
			dirs.push_back(entry.path());
	return dirs;
}

} // namespace oriel
