// SPDX-License-Identifier: GPL-2.0
#include "vma_print.hpp"

#include "print_line.hpp"

#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_rows = 10;

std::string comm_of(const oriel_vma_row &row)
{
	return {row.comm, ::strnlen(row.comm, sizeof(row.comm))};
}

// "12.3 %", or "-" of nothing.
std::string percent(std::uint64_t part, std::uint64_t whole)
{
	return whole == 0 ? "-" : fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

double ratio(std::uint64_t part, std::uint64_t whole)
{
	return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void print_faults(const oriel_vma_counters &c)
{
	print_line(fmt::format("page faults        {:>12}   write {}, anonymous {}, in code {}", c.faults,
			       percent(c.faults_write, c.faults), percent(c.faults_anonymous, c.faults),
			       percent(c.faults_instruction, c.faults)));
	print_line(fmt::format("                                  major {}, to be retried {}, failed {}, in another's memory {}",
			       c.faults_major, c.faults_retried, c.faults_failed, c.faults_remote));
	if (c.vma_lock_taken + c.vma_lock_missed != 0)
		print_line(fmt::format("under a VMA's lock {:>12}   {} of tries; {} went on under mmap_lock; {} retried", c.vma_lock_taken,
				       percent(c.vma_lock_taken, c.vma_lock_taken + c.vma_lock_missed), c.vma_lock_missed,
				       c.faults_vma_lock_retried));
}

void print_policies(const vma_report &report, const oriel_vma_counters &c)
{
	print_line("");
	print_line(fmt::format("{:<52} {:>9}", "CACHE", "HITS"));
	for (std::size_t i = 0; i < vma_policy_names.size(); i++)
		print_line(fmt::format("{:<52} {:>9}", vma_policy_names[i].words, percent(c.hits[i], c.lookups)));
	if (report.has_real_cache)
		print_line(fmt::format("{:<52} {:>9}   the simulation agreed in {} of lookups", "the kernel's own",
				       percent(c.real_hits, c.real_lookups), percent(c.real_agreed_pmd, c.real_lookups)));
}

void print_cgroups(const vma_report &report)
{
	const auto rows = report.counted.by_cgroup();
	if (rows.size() < 2)
		return;
	print_line("");
	print_line(fmt::format("{:<34} {:>12} {:>12} {:>9}", "CGROUP", "FAULTS", "LOOKUPS", report.policies ? "4 PAGE" : ""));
	for (std::size_t i = 0; i < rows.size() && i < most_rows; i++) {
		const oriel_vma_counters &c = rows[i].counters;
		print_line(fmt::format("{:<34} {:>12} {:>12} {:>9}", report.cgroups.name_of(rows[i].cgroup), c.faults, c.lookups,
				       report.policies ? percent(c.hits[oriel_vma_thread4_page], c.lookups) : ""));
	}
}

void print_processes(const vma_report &report)
{
	const auto rows = report.counted.by_process();
	if (rows.size() < 2)
		return;
	print_line("");
	print_line(fmt::format("{:>8} {:<16} {:>12} {:>12} {:>9}", "PID", "COMMAND", "FAULTS", "LOOKUPS", report.policies ? "4 PAGE" : ""));
	for (std::size_t i = 0; i < rows.size() && i < most_rows; i++) {
		const oriel_vma_counters &c = rows[i].counters;
		print_line(fmt::format("{:>8} {:<16} {:>12} {:>12} {:>9}", rows[i].process.tgid, comm_of(rows[i]), c.faults, c.lookups,
				       report.policies ? percent(c.hits[oriel_vma_thread4_page], c.lookups) : ""));
	}
	if (rows.size() > most_rows)
		print_line(fmt::format("and {} more; --json has all", rows.size() - most_rows));
}

ordered_json to_json(const oriel_vma_counters &c, bool policies)
{
	ordered_json json{{"lookups", c.lookups},
			  {"gaps", c.gaps},
			  {"foreign_lookups", c.foreign},
			  {"flushes", c.flushes},
			  {"find_vma", c.find_vma},
			  {"vma_lock_taken", c.vma_lock_taken},
			  {"vma_lock_missed", c.vma_lock_missed},
			  {"faults", c.faults},
			  {"faults_write", c.faults_write},
			  {"faults_instruction", c.faults_instruction},
			  {"faults_remote", c.faults_remote},
			  {"faults_anonymous", c.faults_anonymous},
			  {"faults_major", c.faults_major},
			  {"faults_vma_lock", c.faults_vma_lock},
			  {"faults_retried", c.faults_retried},
			  {"faults_vma_lock_retried", c.faults_vma_lock_retried},
			  {"faults_failed", c.faults_failed}};
	if (policies) {
		ordered_json hits, rates;
		for (std::size_t i = 0; i < vma_policy_names.size(); i++) {
			hits[vma_policy_names[i].name] = c.hits[i];
			rates[vma_policy_names[i].name] = ratio(c.hits[i], c.lookups);
		}
		json["hits"] = hits;
		json["hit_ratio"] = rates;
	}
	return json;
}

} // namespace

void print(const vma_report &report)
{
	const oriel_vma_counters c = report.counted.sum();
	print_line(fmt::format("{:.2f} s, {} lookups of mappings ({:.0f} per second), of these {} in none", report.seconds, c.lookups,
			       static_cast<double>(c.lookups) / report.seconds, c.gaps));
	print_faults(c);
	if (report.policies)
		print_policies(report, c);
	print_processes(report);
	print_cgroups(report);
	print_line("");
	for (const std::string &sentence : report.unseen)
		print_line("not seen: " + sentence);
	std::uint64_t misses = 0;
	for (const program_state &state : report.programs)
		misses += state.misses;
	if (misses != 0)
		print_line(fmt::format("lost: {} runs of programs, which the kernel left out because one ran on the processor already",
				       misses));
	if (report.counted.all_refused() != 0)
		print_line(fmt::format("lost: {} times there was no room to count", report.counted.all_refused()));
}

ordered_json to_json(const vma_report &report)
{
	const oriel_vma_counters sum = report.counted.sum();
	ordered_json json{{"version", 1}, {"seconds", report.seconds}, {"total", to_json(sum, report.policies)}};
	if (report.has_real_cache && report.policies)
		json["real_cache"] = {{"lookups", sum.real_lookups},
				      {"hits", sum.real_hits},
				      {"agreed_by_pmd", sum.real_agreed_pmd},
				      {"agreed_by_page", sum.real_agreed_page}};
	json["processes"] = ordered_json::array();
	for (const oriel_vma_row &row : report.counted.by_process()) {
		ordered_json one{{"pid", row.process.tgid},
				 {"command", comm_of(row)},
				 {"cgroup_id", row.cgroup},
				 {"cgroup", report.cgroups.name_of(row.cgroup)}};
		one.update(to_json(row.counters, report.policies));
		json["processes"].push_back(one);
	}
	json["refused"] = report.counted.all_refused();
	json["unseen"] = report.unseen;
	json["programs"] = ordered_json::array();
	for (const program_state &state : report.programs)
		json["programs"].push_back({{"name", state.name},
					    {"hook", state.hook},
					    {"attached", state.attached},
					    {"reason", state.reason},
					    {"misses", state.misses}});
	return json;
}

} // namespace oriel
