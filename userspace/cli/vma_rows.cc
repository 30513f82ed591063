// SPDX-License-Identifier: GPL-2.0
#include "vma_rows.hpp"

#include <cstring>
#include <fmt/format.h>

namespace oriel {
namespace {

std::string text_in(const char (&name)[16])
{
	return {name, ::strnlen(name, sizeof(name))};
}

constexpr int pid_width = 8, name_width = 16, cgroup_width = 30;

} // namespace

CLI::Validator vma_by_name()
{
	return CLI::IsMember({"process", "thread", "cgroup", "system"});
}

vma_by vma_by_called(const std::string &name)
{
	return name == "thread" ? vma_by::thread : name == "cgroup" ? vma_by::cgroup : name == "system" ? vma_by::system : vma_by::process;
}

std::vector<vma_label> vma_labels(vma_by by)
{
	switch (by) {
	case vma_by::process:
		return {{"pid", "PID", false, pid_width}, {"command", "COMMAND", true, name_width}};
	case vma_by::thread:
		return {{"pid", "PID", false, pid_width}, {"tid", "TID", false, pid_width}, {"thread", "THREAD", true, name_width}};
	case vma_by::cgroup:
		return {{"cgroup", "CGROUP", true, cgroup_width}};
	default:
		return {{"system", "", true, pid_width}};
	}
}

std::vector<std::string> vma_label_texts(const oriel_vma_row &row, vma_by by, const cgroup_tree &cgroups)
{
	switch (by) {
	case vma_by::process:
		return {std::to_string(row.process.tgid), text_in(row.comm)};
	case vma_by::thread:
		return {std::to_string(row.process.tgid), row.process.tid != 0 ? std::to_string(row.process.tid) : "ended",
			text_in(row.process.tid != 0 ? row.thread : row.comm)};
	case vma_by::cgroup:
		return {cgroups.name_of(row.cgroup)};
	default:
		return {"all"};
	}
}

std::vector<oriel_vma_row> vma_rows(const vma_snapshot &counted, vma_by by)
{
	switch (by) {
	case vma_by::process:
		return counted.by_process();
	case vma_by::thread:
		return counted.by_thread();
	case vma_by::cgroup:
		return counted.by_cgroup();
	default:
		oriel_vma_row all{};
		all.counters = counted.sum();
		return {all};
	}
}

std::string percent(std::uint64_t part, std::uint64_t whole)
{
	return whole == 0 ? "-" : fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

double ratio(std::uint64_t part, std::uint64_t whole)
{
	return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double rate(std::uint64_t count, double seconds)
{
	return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

} // namespace oriel
