// SPDX-License-Identifier: GPL-2.0
#include "vma_print.hpp"

#include "number_words.hpp"
#include "print_line.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

constexpr std::size_t most_rows = 10;

void print_faults(const vma_report &report, const oriel_vma_counters &c)
{
	print_line(fmt::format("page faults        {:>12}   {:.0f} per second; write {}, anonymous {}, in code {}", c.faults,
			       rate(c.faults, report.seconds), percent(c.faults_write, c.faults), percent(c.faults_anonymous, c.faults),
			       percent(c.faults_instruction, c.faults)));
	print_line(fmt::format("                                  major {}, to be retried {}, completed without the lock {}, failed {}, in "
			       "another's memory {}",
			       c.faults_major, c.faults_retried, c.faults_completed, c.faults_failed, c.faults_remote));
	if (c.vma_lock_taken + c.vma_lock_missed == 0)
		return;
	print_line(fmt::format("under a VMA's lock {:>12}   {} of tries; {} went on under mmap_lock, as no VMA could be locked",
			       c.vma_lock_taken, percent(c.vma_lock_taken, c.vma_lock_taken + c.vma_lock_missed), c.vma_lock_missed));
	print_line(fmt::format(
		"                                  {} retried under mmap_lock: {} for the anon_vma of anonymous memory, {} of files",
		c.faults_vma_lock_retried, c.faults_vma_lock_retried_anonymous,
		c.faults_vma_lock_retried - std::min(c.faults_vma_lock_retried, c.faults_vma_lock_retried_anonymous)));
}

void print_lock_stats(const vma_lock_stats &stats)
{
	print_line(
		fmt::format("the kernel's own count {:>8}   under a VMA's lock, on the whole system; {} went on under mmap_lock, as no VMA "
			    "could be locked",
			    stats.success, stats.abort));
	print_line(fmt::format("                                  {} retried under mmap_lock; {} looked up again, as the VMA was replaced",
			       stats.retry, stats.miss));
}

void print_policies(const vma_report &report, const oriel_vma_counters &c)
{
	print_line("");
	print_line(fmt::format("{:<52} {:>9}", "CACHE", "HITS"));
	for (std::size_t i = 0; i < vma_policy_names.size(); i++)
		print_line(fmt::format("{:<52} {:>9}", vma_policy_names[i].words, percent(c.hits[i], simulated(c))));
	if (c.unsimulated != 0)
		print_line(fmt::format("of {} lookups; {} no cache saw", simulated(c), c.unsimulated));
	if (report.has_real_cache)
		print_line(fmt::format("{:<52} {:>9}   the simulation agreed in {} of lookups", "the kernel's own",
				       percent(c.real_hits, c.real_lookups), percent(c.real_agreed_pmd, c.real_lookups)));
}

void print_sums(const vma_report &report, const oriel_vma_counters &c)
{
	print_line(fmt::format("{:.2f} s, {} lookups of mappings ({:.0f} per second), of these {} in none", report.seconds, c.lookups,
			       rate(c.lookups, report.seconds), c.gaps));
	print_faults(report, c);
	if (report.of_kernel)
		print_lock_stats(*report.of_kernel);
	if (report.policies)
		print_policies(report, c);
}

void print_table(const vma_report &report, vma_by by, std::size_t most)
{
	const auto rows = vma_rows(report.counted, by);
	const auto labels = vma_labels(by);
	const bool has_lock = report.counted.sum().vma_lock_taken != 0;
	const auto line = [&](const std::vector<std::string> &texts, const std::vector<std::string> &numbers) {
		std::string text;
		for (std::size_t i = 0; i < labels.size(); i++)
			text += fmt::format(labels[i].is_text ? fmt::runtime("{:<{}} ") : fmt::runtime("{:>{}} "), texts[i],
					    labels[i].width);
		for (const std::string &number : numbers)
			text += fmt::format(" {:>10}", number);
		text.erase(text.find_last_not_of(' ') + 1);
		print_line(text);
	};
	std::vector<std::string> titles;
	for (const vma_label &label : labels)
		titles.push_back(label.title);
	print_line("");
	line(titles, {"FAULTS", "FAULTS/S", "LOOKUPS", "LOOKUPS/S", has_lock ? "VMA LOCK" : "", report.policies ? "4 PAGE" : ""});
	for (std::size_t i = 0; i < rows.size() && i < most; i++) {
		const oriel_vma_counters &c = rows[i].counters;
		line(vma_label_texts(rows[i], by, report.cgroups),
		     {std::to_string(c.faults), fmt::format("{:.0f}", rate(c.faults, report.seconds)), std::to_string(c.lookups),
		      fmt::format("{:.0f}", rate(c.lookups, report.seconds)),
		      has_lock ? percent(c.vma_lock_taken, c.vma_lock_taken + c.vma_lock_missed) : "",
		      report.policies ? percent(c.hits[oriel_vma_thread4_page], simulated(c)) : ""});
	}
	if (rows.size() > most)
		print_line(fmt::format("and {} more; --json has all", rows.size() - most));
}

} // namespace

std::vector<std::string> vma_remarks(const vma_report &report)
{
	std::vector<std::string> lines;
	for (const std::string &sentence : report.unseen)
		lines.push_back("not seen: " + sentence);
	std::uint64_t misses = 0;
	for (const program_state &state : report.programs)
		misses += state.misses;
	if (misses != 0)
		lines.push_back(fmt::format("lost: {} {} of programs, which the kernel left out because one ran on the processor already",
					    misses, plural(misses, "run")));
	for (std::size_t i = 0; i < vma_refusal_names.size(); i++)
		if (report.counted.refused[i] != 0)
			lines.push_back(fmt::format("lost: {} {} {}{}", report.counted.refused[i],
						    plural(report.counted.refused[i], "time"),
						    i == oriel_vma_ending ? "" : "there was no room for ", vma_refusal_names[i].words));
	if (report.counted.all_refused() != report.counted.refused[oriel_vma_ending])
		lines.emplace_back("more room: --table-size, or a shorter --interval");
	return lines;
}

bool is_degraded(const vma_report &report)
{
	return std::any_of(report.programs.begin(), report.programs.end(),
			   [](const program_state &state) { return state.name == "page_fault_user" && state.attached; });
}

void print(const vma_report &report, std::optional<vma_by> by)
{
	const oriel_vma_counters c = report.counted.sum();
	if (is_degraded(report))
		print_line(fmt::format("{:.2f} s, {} page faults ({:.0f} per second), write {}, in code {}; nothing else could be seen",
				       report.seconds, c.faults, rate(c.faults, report.seconds), percent(c.faults_write, c.faults),
				       percent(c.faults_instruction, c.faults)));
	else
		print_sums(report, c);
	if (by && *by != vma_by::system)
		print_table(report, *by, 2 * most_rows);
	for (const vma_by table : {vma_by::process, vma_by::cgroup})
		if (!by && vma_rows(report.counted, table).size() > 1)
			print_table(report, table, most_rows);
	print_line("");
	for (const std::string &line : vma_remarks(report))
		print_line(line);
}

} // namespace oriel
