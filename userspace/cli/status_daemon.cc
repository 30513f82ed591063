// SPDX-License-Identifier: GPL-2.0
#include "status_daemon.hpp"

#include <fmt/format.h>
#include <map>

namespace oriel {
namespace {

using nlohmann::ordered_json;

// What the collectors of page faults and of locks had no room for.
std::string words_of(const std::string &refusal)
{
	static const std::map<std::string, std::string> words{
		{"no_thread", "threads"},
		{"no_space", "address spaces"},
		{"no_process", "ended threads"},
		{"no_record", "stream records"},
		{"no_stack", "stacks"},
		{"no_row", "rows"},
		{"no_wait", "waits"},
		{"nested", "waits inside a program"},
		{"no_name", "names"},
		{"ending", "threads that were ending"},
	};
	const auto found = words.find(refusal);
	return found == words.end() ? refusal : found->second;
}

void print_collector(const ordered_json &one)
{
	const std::string reason = one.value("reason", "");
	fmt::print("  {:<3}  {:<16} {}\n", one.value("works", false) ? "yes" : "no", one.value("name", ""), reason);
	for (const ordered_json &program : one.value("programs", ordered_json::array())) {
		const bool attached = program.value("attached", false);
		fmt::print("         {:<3}  {:<44} {}\n", attached ? "yes" : "no", program.value("hook", ""),
			   attached ? fmt::format("{} events, {} missed", program.value("events", 0ULL), program.value("misses", 0ULL))
				    : program.value("reason", ""));
	}
	std::string full;
	const ordered_json refused = one.value("refused", ordered_json::object());
	for (const auto &[name, count] : refused.items())
		full += fmt::format("{}{} {}", full.empty() ? "" : ", ", words_of(name), count.get<std::uint64_t>());
	if (!full.empty())
		fmt::print("         lost to full tables: {}\n", full);
	for (const ordered_json &sentence : one.value("unseen", ordered_json::array()))
		fmt::print("         not seen: {}\n", sentence.get<std::string>());
}

void print_place(const char *what, const ordered_json &place, const char *name, const char *count, const char *one)
{
	const std::string at = place.value(name, ""), reason = place.value("reason", "");
	if (at.empty())
		return fmt::print("  {:<9} none\n", what);
	const auto number = place.value(count, 0ULL);
	fmt::print("  {:<9} {}, {} {}{}{}\n", what, at, number, number == 1 ? one : count, reason.empty() ? "" : ": ", reason);
}

} // namespace

void print_daemon(const std::optional<ordered_json> &told)
{
	if (!told)
		return fmt::print("orield, which collects all the time, does not run\n");
	// What is not as it should be is another orield's: better nothing of it than half.
	try {
		fmt::print("orield {} runs as process {}: {:.2f} % of a processor, of {} % allowed; {:.1f} MiB\n",
			   told->value("release", "?"), told->value("process", 0), told->value("cpu_percent", 0.0),
			   told->value("budget_percent", 0.0), double(told->value("resident_bytes", 0ULL)) / (1 << 20));
		for (const ordered_json &one : told->value("given_up", ordered_json::array()))
			fmt::print("  given up: {}\n", one.get<std::string>());
		print_place("recording", told->value("recording", ordered_json::object()), "file", "samples", "sample");
		print_place("exporter", told->value("exporter", ordered_json::object()), "listen", "series", "series");
		for (const ordered_json &one : told->value("collectors", ordered_json::array()))
			print_collector(one);
	} catch (const ordered_json::exception &) {
		fmt::print("  its answer cannot be read\n");
	}
}

} // namespace oriel
