// SPDX-License-Identifier: GPL-2.0
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <map>

// The section on page faults and lookups of mappings.
namespace oriel {
namespace {

using sides = std::vector<const report_vma *>;

// Those of which the story tells; the table has all.
constexpr oriel_vma_policy told_policies[] = {oriel_vma_last, oriel_vma_thread4_page, oriel_vma_thread4_pmd, oriel_vma_thread4_lru};

std::optional<double> hit_percent(const oriel_vma_counters &c, unsigned policy)
{
	return percent_of(static_cast<double>(c.hits[policy]), static_cast<double>(simulated(c)));
}

std::optional<double> vma_lock_percent(const oriel_vma_counters &c)
{
	return percent_of(static_cast<double>(c.vma_lock_taken), static_cast<double>(c.vma_lock_taken + c.vma_lock_missed));
}

bool all_simulate(const sides &all)
{
	return std::all_of(all.begin(), all.end(), [](const report_vma *side) { return side->policies; });
}

// A count by itself, or for each second where two recordings are compared, which seldom last the same time.
double amount(std::uint64_t count, const report_vma &side, bool compared)
{
	return compared ? per_second(static_cast<double>(count), side.seconds) : static_cast<double>(count);
}

void tell_of_one(report_section &section, const report_vma &side)
{
	const oriel_vma_counters c = side.counted.sum();
	section.story.push_back({fmt::format(
		"In {} there were {} page faults ({} per second) and {} lookups of memory mappings ({} per second).",
		span_text(side.seconds), count_text(c.faults), rate_text(per_second(static_cast<double>(c.faults), side.seconds)),
		count_text(c.lookups), rate_text(per_second(static_cast<double>(c.lookups), side.seconds)))});
	if (!side.policies)
		section.story.push_back({"No caches of mappings were simulated: oriel vma record --policies does."});
	else if (simulated(c) != 0)
		section.story.push_back({fmt::format(
			"Of {}, a cache of the last mapping of each address space, as before kernel 3.15, would "
			"have answered {}; one of four mappings for each thread {} by page, as in 3.15, and {} by 2 MiB, "
			"as from 4.19 to 6.0; the last four that were used would have answered {}.",
			c.unsimulated == 0 ? "the lookups" : count_text(simulated(c)) + " lookups, those that caches saw",
			percent_text(hit_percent(c, oriel_vma_last)), percent_text(hit_percent(c, oriel_vma_thread4_page)),
			percent_text(hit_percent(c, oriel_vma_thread4_pmd)), percent_text(hit_percent(c, oriel_vma_thread4_lru)))});
	if (side.has_real_cache && c.real_lookups != 0)
		section.story.push_back({fmt::format(
			"This kernel's own cache answered {}; the simulation agrees with it in {} of lookups.",
			percent_text(percent_of(static_cast<double>(c.real_hits), static_cast<double>(c.real_lookups))),
			percent_text(percent_of(static_cast<double>(c.real_agreed_pmd), static_cast<double>(c.real_lookups))))});
	if (const auto locked = vma_lock_percent(c))
		section.story.push_back(
			{fmt::format("{} of tries to lock one mapping alone succeeded; {} faults went on under mmap_lock, which all "
				     "threads of a process share.",
				     percent_text(locked), count_text(c.vma_lock_missed))});
}

void tell_of_two(report_section &section, const report_vma &a, const report_vma &b)
{
	const oriel_vma_counters in_a = a.counted.sum(), in_b = b.counted.sum();
	const auto tell = [&](const char *what, std::uint64_t from, std::uint64_t to) {
		const double first = per_second(static_cast<double>(from), a.seconds),
			     second = per_second(static_cast<double>(to), b.seconds);
		const std::string change = change_text(first, second);
		section.story.push_back({fmt::format("{}: {} per second in A, {} in B{}.", what, rate_text(first), rate_text(second),
						     change.empty() ? "" : " (" + change + ")")});
	};
	tell("Page faults", in_a.faults, in_b.faults);
	tell("Lookups of memory mappings", in_a.lookups, in_b.lookups);
	if (!all_simulate({&a, &b}))
		section.story.push_back({"Caches of mappings were not simulated in both: oriel vma record --policies does."});
	else
		for (const auto policy : told_policies)
			if (const auto from = hit_percent(in_a, policy), to = hit_percent(in_b, policy); from && to)
				section.story.push_back({fmt::format("Answered by the cache “{}”: {} of lookups in A, {} in B ({}).",
								     vma_policy_names[policy].words, percent_text(from), percent_text(to),
								     points_text(*from, *to))});
	if (const auto from = vma_lock_percent(in_a), to = vma_lock_percent(in_b); from && to)
		section.story.push_back({fmt::format("Tries to lock one mapping alone succeeded in {} in A, {} in B ({}).",
						     percent_text(from), percent_text(to), points_text(*from, *to))});
}

void add_policies(report_section &section, const sides &all)
{
	report_table table{"Caches of mappings, simulated over the same lookups", {{"cache", "name"}}, {{"hits", "percent"}}, {}, false};
	for (const report_vma *side : all) {
		const oriel_vma_counters c = side->counted.sum();
		std::vector<report_row> rows;
		for (unsigned i = 0; i < vma_policy_names.size(); i++)
			rows.push_back({{vma_policy_names[i].words}, {hit_percent(c, i)}});
		if (side->has_real_cache)
			rows.push_back({{"the kernel's own"},
					{percent_of(static_cast<double>(c.real_hits), static_cast<double>(c.real_lookups))}});
		table.sides.push_back(std::move(rows));
	}
	section.charts.push_back(bars_json(table, "Lookups that a cache of mappings would have answered", table.sides[0].size() + 1));
	section.tables.push_back(table_json(table));
}

void add_faults(report_section &section, const sides &all)
{
	const bool two = all.size() > 1;
	report_table table{"Page faults and lookups by kind",
			   {{"kind", "name"}},
			   {two ? report_column{"per second", "rate"} : report_column{"count", "count"}, {"share", "percent"}},
			   {},
			   false};
	for (const report_vma *side : all) {
		const oriel_vma_counters c = side->counted.sum();
		std::vector<report_row> rows;
		const auto add = [&](const char *kind, std::uint64_t count, std::uint64_t of) {
			rows.push_back(
				{{kind}, {amount(count, *side, two), percent_of(static_cast<double>(count), static_cast<double>(of))}});
		};
		add("page faults", c.faults, c.faults);
		add("… to write", c.faults_write, c.faults);
		add("… of code", c.faults_instruction, c.faults);
		add("… of anonymous memory", c.faults_anonymous, c.faults);
		add("… major: something had to be read", c.faults_major, c.faults);
		add("… in another's memory", c.faults_remote, c.faults);
		add("… under one mapping's lock", c.faults_vma_lock, c.faults);
		add("… to be tried again", c.faults_retried, c.faults);
		add("… failed", c.faults_failed, c.faults);
		add("lookups of mappings", c.lookups, c.lookups);
		add("… at addresses in none", c.gaps, c.lookups);
		table.sides.push_back(std::move(rows));
	}
	section.tables.push_back(table_json(table));
}

report_row row_of(const oriel_vma_row &row, const report_vma &side, bool two, std::vector<nlohmann::ordered_json> keys)
{
	const oriel_vma_counters &c = row.counters;
	return {std::move(keys),
		{amount(c.faults, side, two), amount(c.faults_major, side, two), amount(c.lookups, side, two),
		 side.policies ? hit_percent(c, oriel_vma_thread4_page) : std::nullopt, vma_lock_percent(c)}};
}

std::vector<report_column> measures(bool two)
{
	const std::string unit = two ? "rate" : "count", per = two ? "/s" : "";
	return {{"faults" + per, unit},
		{"major" + per, unit},
		{"lookups" + per, unit},
		{"hits, 4 by page", "percent"},
		{"own lock", "percent"}};
}

std::string command_of(const oriel_vma_row &row)
{
	return {row.comm, ::strnlen(row.comm, sizeof(row.comm))};
}

void add_processes(report_section &section, const sides &all)
{
	const bool two = all.size() > 1;
	report_table table{"Page faults and lookups by process", {{"command", "name"}}, measures(two), {}};
	if (!two)
		table.keys = {{"command", "name"}, {"pid", "id"}, {"control group", "name"}};
	for (const report_vma *side : all) {
		std::vector<report_row> rows;
		std::map<std::string, oriel_vma_row> by_command; // of two recordings no process is the same
		for (const oriel_vma_row &row : side->counted.by_process()) {
			if (!two) {
				rows.push_back(
					row_of(row, *side, two, {command_of(row), row.process.tgid, side->cgroups.name_of(row.cgroup)}));
				continue;
			}
			const auto [at, is_new] = by_command.try_emplace(command_of(row), row);
			if (!is_new)
				add(at->second.counters, row.counters);
		}
		for (const auto &[command, row] : by_command)
			rows.push_back(row_of(row, *side, two, {command}));
		table.sides.push_back(std::move(rows));
	}
	section.tables.push_back(table_json(table));
}

void add_cgroups(report_section &section, const sides &all)
{
	const bool two = all.size() > 1;
	report_table table{"Page faults and lookups by control group", {{"control group", "name"}}, measures(two), {}};
	for (const report_vma *side : all) {
		std::map<std::string, oriel_vma_row> by_name;
		for (const oriel_vma_row &row : side->counted.by_cgroup()) {
			const auto [at, is_new] = by_name.try_emplace(side->cgroups.name_of(row.cgroup), row);
			if (!is_new)
				add(at->second.counters, row.counters);
		}
		std::vector<report_row> rows;
		for (const auto &[name, row] : by_name)
			rows.push_back(row_of(row, *side, two, {name}));
		std::stable_sort(rows.begin(), rows.end(),
				 [](const report_row &a, const report_row &b) { return a.measures[0] > b.measures[0]; });
		table.sides.push_back(std::move(rows));
	}
	section.tables.push_back(table_json(table));
}

template <class Value>
report_line line_of(const std::string &name, const report_vma &side, Value value)
{
	report_line line{name, {}};
	for (const auto &moment : side.moments)
		line.points.emplace_back(moment.begin_s + moment.length_s / 2, value(moment));
	return line;
}

void add_moments(report_section &section, const sides &all)
{
	using moment = report_moment<oriel_vma_counters>;
	std::vector<report_line> rates, hits;
	for (std::size_t i = 0; i < all.size(); i++) {
		const std::string prefix = side_prefix(i, all.size());
		rates.push_back(line_of(prefix + "page faults", *all[i], [](const moment &m) {
			return std::optional(per_second(static_cast<double>(m.counters.faults), m.length_s));
		}));
		rates.push_back(line_of(prefix + "lookups", *all[i], [](const moment &m) {
			return std::optional(per_second(static_cast<double>(m.counters.lookups), m.length_s));
		}));
		for (const auto policy : told_policies)
			if (all[i]->policies && (all.size() == 1 || policy == oriel_vma_thread4_page))
				hits.push_back(line_of(prefix + vma_policy_names[policy].words, *all[i],
						       [policy](const moment &m) { return hit_percent(m.counters, policy); }));
	}
	add_lines(section, "Page faults and lookups of mappings", "rate", rates);
	add_lines(section, "Lookups that a cache of mappings would have answered, over time", "percent", hits);
}

} // namespace

report_section report_of(const std::vector<const report_vma *> &all)
{
	report_section section{"Memory mappings", {}, {}, {}, {}};
	if (all.size() > 1)
		tell_of_two(section, *all[0], *all[1]);
	else
		tell_of_one(section, *all[0]);
	if (all_simulate(all))
		add_policies(section, all);
	add_moments(section, all);
	add_faults(section, all);
	add_processes(section, all);
	add_cgroups(section, all);
	std::vector<std::uint64_t> refused;
	for (const report_vma *side : all)
		refused.push_back(side->counted.all_refused());
	add_coverage(section, {all.begin(), all.end()}, refused);
	return section;
}

} // namespace oriel
