// SPDX-License-Identifier: GPL-2.0
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

// The section on waits for locks.
namespace oriel {
namespace {

using sides = std::vector<const report_lock *>;
using text_of_row = std::function<std::string(const lock_row &)>;

constexpr double ns_of_a_second = 1e9;
constexpr std::size_t most_bars = 12;

std::string words_of(const std::string &lock_class)
{
	const auto found = std::find_if(lock_class_names.begin(), lock_class_names.end(),
					[&](const lock_class_name &name) { return name.name == lock_class; });
	return found == lock_class_names.end() ? lock_class : found->words;
}

// The class in words, or the lock's own name where the class has many.
std::string lock_of(const lock_row &row)
{
	const bool has_own =
		row.lock_class == "slab" || row.lock_class == "inode" || row.lock_class == "static" || row.lock_class == "other";
	return has_own ? fmt::format("{} ({})", row.lock, row.lock_class) : words_of(row.lock_class);
}

std::string caller_of(const lock_row &row)
{
	const std::string caller = row.caller();
	return caller.empty() ? "?" : caller;
}

std::string process_of(const lock_process &process)
{
	return process.tgid == 0 ? "the kernel, or not known" : fmt::format("{} ({})", process.comm, process.tgid);
}

double total(const oriel_lock_counters &c)
{
	return static_cast<double>(c.total_ns);
}

std::optional<double> average(const oriel_lock_counters &c)
{
	return c.waits == 0 ? std::nullopt : std::optional(total(c) / static_cast<double>(c.waits));
}

// "vma_load (12), with 80.0 %", of who has the largest part; the name alone where it has all.
std::string chief(const lock_snapshot &counted, const text_of_row &text_of)
{
	const auto rows = counted.gather(text_of);
	if (rows.empty())
		return "?";
	const std::string text = text_of(rows.front());
	return rows.size() == 1
		       ? text
		       : fmt::format("{}, with {}", text, percent_text(percent_of(total(rows.front().counters), total(counted.sum()))));
}

void tell_of_lock(report_section &section, const lock_snapshot &counted, const std::string &lock, double all_ns)
{
	lock_snapshot own = counted;
	std::erase_if(own.rows, [&](const lock_row &row) { return lock_of(row) != lock; });
	const oriel_lock_counters c = own.sum();
	std::string sentence = fmt::format("{} of that time was for {}: {} {}, {} each, the longest {}. Who waited most: {}; where: {}",
					   percent_text(percent_of(total(c), all_ns)), lock, count_text(c.waits), plural(c.waits, "wait"),
					   time_text(average(c).value_or(0)), time_text(static_cast<double>(c.max_ns)),
					   chief(own, [](const lock_row &row) { return process_of(row.waiter); }), chief(own, caller_of));
	std::erase_if(own.rows, [](const lock_row &row) { return row.owner.tgid == 0; });
	if (!own.rows.empty())
		sentence += "; who held it, where that is known: " + chief(own, [](const lock_row &row) { return process_of(row.owner); });
	section.story.push_back({sentence + "."});
}

void tell_of_one(report_section &section, const report_lock &side)
{
	constexpr std::size_t most_told = 3;
	constexpr double worth_telling = 0.05;
	const oriel_lock_counters sum = side.counted.sum();
	if (sum.waits == 0) {
		section.story.push_back(
			{fmt::format("In {} nobody was seen to wait for a lock.", span_text(side.seconds)), severity::good});
		return;
	}
	section.story.push_back({fmt::format("In {} there were {} {} for locks ({} per second), {} together: on average {} threads "
					     "waited at any time.",
					     span_text(side.seconds), count_text(sum.waits), plural(sum.waits, "wait"),
					     rate_text(per_second(static_cast<double>(sum.waits), side.seconds)), time_text(total(sum)),
					     rate_text(per_second(total(sum) / ns_of_a_second, side.seconds)))});
	const auto locks = side.counted.gather(lock_of);
	for (std::size_t i = 0; i < locks.size() && i < most_told; i++)
		if (total(locks[i].counters) >= worth_telling * total(sum))
			tell_of_lock(section, side.counted, lock_of(locks[i]), total(sum));
}

// How much a second of each recording waited for each lock.
std::map<std::string, std::pair<double, double>> lock_rates(const report_lock &a, const report_lock &b)
{
	std::map<std::string, std::pair<double, double>> rates;
	for (const lock_row &row : a.counted.gather(lock_of))
		rates[lock_of(row)].first = per_second(total(row.counters), a.seconds);
	for (const lock_row &row : b.counted.gather(lock_of))
		rates[lock_of(row)].second = per_second(total(row.counters), b.seconds);
	return rates;
}

void tell_of_two(report_section &section, const report_lock &a, const report_lock &b)
{
	const auto tell = [&](const std::string &start, double from, double to) {
		const std::string change = change_text(from, to);
		section.story.push_back({fmt::format("{}{} of each second in A, {} in B{}.", start, time_text(from), time_text(to),
						     change.empty() ? "" : " (" + change + ")")});
	};
	tell("Waits for locks took ", per_second(total(a.counted.sum()), a.seconds), per_second(total(b.counted.sum()), b.seconds));
	const auto rates = lock_rates(a, b);
	const auto growth = [](const auto &rate) { return rate.second.second - rate.second.first; };
	const auto [least, most] =
		std::minmax_element(rates.begin(), rates.end(), [&](const auto &x, const auto &y) { return growth(x) < growth(y); });
	if (most != rates.end() && growth(*most) > 0)
		tell("It rose most for " + most->first + ": ", most->second.first, most->second.second);
	if (least != rates.end() && growth(*least) < 0)
		tell("It fell most for " + least->first + ": ", least->second.first, least->second.second);
}

void tell_of_knowledge(report_section &section, const report_lock &side, const std::string &prefix)
{
	if (const auto [known, all] = side.counted.attributed(); all.waits != 0)
		section.unseen.push_back(
			fmt::format("{}the holder is known of {} of {} {} for mutexes and rw_semaphores, {} of their time", prefix,
				    percent_text(percent_of(static_cast<double>(known.waits), static_cast<double>(all.waits))),
				    count_text(all.waits), plural(all.waits, "wait"),
				    percent_text(percent_of(static_cast<double>(known.total_ns), static_cast<double>(all.total_ns)))));
	std::uint64_t seen = 0, entered = 0;
	std::string unknown;
	for (std::size_t i = 0; i < side.counted.coverage.size(); i++) {
		const lock_coverage &coverage = side.counted.coverage[i];
		if (coverage.entered) {
			seen += coverage.seen;
			entered += *coverage.entered;
		} else if (coverage.seen != 0) {
			unknown += fmt::format("{}{}", unknown.empty() ? "" : "; ", lock_kind_names[i]);
		}
	}
	if (entered != 0)
		section.unseen.push_back(fmt::format("{}{} of {} slow paths that were counted besides are among the waits", prefix,
						     percent_text(percent_of(static_cast<double>(seen), static_cast<double>(entered))),
						     count_text(entered)));
	if (!unknown.empty())
		section.unseen.push_back(fmt::format("{}how many waits are missing is unknown of: {}", prefix, unknown));
}

std::vector<report_row> rows_of(const report_lock &side, const text_of_row &text_of, bool two)
{
	constexpr double most = 0.99;
	const double all = total(side.counted.sum());
	std::vector<report_row> rows;
	for (const lock_row &row : side.counted.gather(text_of)) {
		const oriel_lock_counters &c = row.counters;
		report_row line{{text_of(row)}, {}};
		if (two)
			line.measures = {per_second(total(c), side.seconds), per_second(static_cast<double>(c.waits), side.seconds)};
		else
			line.measures = {total(c), percent_of(total(c), all), static_cast<double>(c.waits)};
		line.measures.push_back(average(c));
		if (!two)
			line.measures.push_back(static_cast<double>(quantile_ns(c, most)));
		line.measures.push_back(static_cast<double>(c.max_ns));
		rows.push_back(std::move(line));
	}
	return rows;
}

report_table table_of(const sides &all, const std::string &title, const std::string &key, const text_of_row &text_of)
{
	const bool two = all.size() > 1;
	report_table table{title, {{key, "name"}}, {}, {}};
	if (two)
		table.measures = {{"waited", "ns_rate"}, {"waits/s", "rate"}, {"average", "ns"}, {"longest", "ns"}};
	else
		table.measures = {{"waited", "ns"},  {"of all", "percent"}, {"waits", "count"},
				  {"average", "ns"}, {"99 % below", "ns"},  {"longest", "ns"}};
	for (const report_lock *side : all)
		table.sides.push_back(rows_of(*side, text_of, two));
	return table;
}

// Only rows that pass, as recordings of their own.
sides keep(const sides &all, std::vector<report_lock> &kept, const std::function<bool(const lock_row &)> &pass)
{
	kept.clear();
	for (const report_lock *side : all) {
		kept.push_back(*side);
		std::erase_if(kept.back().counted.rows, [&](const lock_row &row) { return !pass(row); });
	}
	sides list;
	for (const report_lock &side : kept)
		list.push_back(&side);
	return list;
}

bool has_rows(const sides &all)
{
	return std::any_of(all.begin(), all.end(), [](const report_lock *side) { return !side->counted.rows.empty(); });
}

// Names of processes, where a recording has them.
std::map<std::uint32_t, std::string> commands_of(const sides &all)
{
	std::map<std::uint32_t, std::string> commands;
	for (const report_lock *side : all)
		for (const lock_row &row : side->counted.rows)
			for (const lock_process *process : {&row.waiter, &row.owner})
				commands[process->tgid] = process->comm;
	return commands;
}

void add_tables(report_section &section, const sides &all)
{
	const bool two = all.size() > 1;
	const auto add = [&](const sides &of, const char *title, const char *key, const text_of_row &text_of) {
		if (has_rows(of))
			section.tables.push_back(table_json(table_of(of, title, key, text_of)));
	};
	// Of two recordings no process is the same.
	const auto process = [two](const lock_process &p) { return two && p.tgid != 0 ? p.comm : process_of(p); };
	add(all, "Waits by lock", "lock", lock_of);
	add(all, "Waits by function that wanted the lock", "lock and function",
	    [](const lock_row &row) { return lock_of(row) + " in " + caller_of(row); });
	add(all, "Waits by process", "process", [&](const lock_row &row) { return process(row.waiter); });
	std::vector<report_lock> kept;
	add(keep(all, kept, [](const lock_row &row) { return row.owner.tgid != 0; }), "Waits by who held the lock", "holder and lock",
	    [&](const lock_row &row) { return process(row.owner) + ": " + lock_of(row); });
	const auto commands = commands_of(all);
	const auto space = [&](std::uint32_t tgid) {
		const auto found = commands.find(tgid);
		return found == commands.end() ? fmt::format("process {}", tgid) : process({tgid, 0, found->second});
	};
	add(keep(all, kept, [](const lock_row &row) { return row.space != 0; }), "Waits for locks of address spaces, by whose it is",
	    "process and lock", [&](const lock_row &row) { return space(row.space) + ": " + lock_of(row); });
	if (!two)
		add(all, "Waits by control group", "control group",
		    [&](const lock_row &row) { return all[0]->cgroups.name_of(row.cgroup); });
}

void add_kinds(report_section &section, const sides &all)
{
	report_table table{"How much of the waiting was seen",
			   {{"kind of lock", "name"}},
			   {{"coverage", "percent"}, {"waits seen", "count"}, {"slow paths", "count"}},
			   {},
			   false};
	for (const report_lock *side : all) {
		std::vector<report_row> rows;
		for (std::size_t i = 0; i < side->counted.coverage.size(); i++) {
			const lock_coverage &coverage = side->counted.coverage[i];
			const auto seen = static_cast<double>(coverage.seen);
			if (coverage.seen == 0 && coverage.entered.value_or(0) == 0)
				continue;
			const auto entered = coverage.entered ? std::optional(static_cast<double>(*coverage.entered)) : std::nullopt;
			rows.push_back({{lock_kind_names[i]}, {entered ? percent_of(seen, *entered) : std::nullopt, seen, entered}});
		}
		table.sides.push_back(std::move(rows));
	}
	section.tables.push_back(table_json(table));
}

// Waits by how long they took, each slot twice as long as the one before.
void add_histogram(report_section &section, const sides &all)
{
	std::vector<oriel_lock_counters> sums;
	unsigned first = ORIEL_LOCK_SLOTS, last = 0;
	for (const report_lock *side : all) {
		sums.push_back(side->counted.sum());
		for (unsigned i = 0; i < ORIEL_LOCK_SLOTS; i++) {
			if (sums.back().histogram[i] == 0)
				continue;
			first = std::min(first, i);
			last = std::max(last, i);
		}
	}
	auto labels = nlohmann::ordered_json::array(), series = nlohmann::ordered_json::array();
	for (unsigned i = first; i <= last; i++)
		labels.push_back(time_text(static_cast<double>(std::uint64_t{2} << i)));
	for (std::size_t side = 0; side < all.size(); side++) {
		auto values = nlohmann::ordered_json::array();
		for (unsigned i = first; i <= last; i++)
			values.push_back(sums[side].histogram[i]);
		series.push_back({{"name", side_prefix(side, all.size()) + "waits"}, {"values", values}});
	}
	if (!labels.empty())
		section.charts.push_back({{"title", "Waits by how long they took"},
					  {"shape", "columns"},
					  {"kind", "count"},
					  {"labels", labels},
					  {"series", series}});
}

void add_moments(report_section &section, const sides &all)
{
	constexpr std::size_t most_lines = 5;
	std::vector<report_line> lines;
	for (std::size_t i = 0; i < all.size(); i++) {
		report_line sum{side_prefix(i, all.size()) + "all locks", {}};
		std::map<std::string, report_line> by_class;
		for (const auto &moment : all[i]->moments) {
			double ns = 0;
			for (const auto &[lock_class, time] : moment.counters)
				ns += static_cast<double>(time);
			sum.points.emplace_back(moment.begin_s + moment.length_s / 2, per_second(ns, moment.length_s));
		}
		lines.push_back(std::move(sum));
		if (all.size() > 1)
			continue;
		const auto classes = all[i]->counted.gather([](const lock_row &row) { return row.lock_class; });
		for (std::size_t c = 0; c < classes.size() && c < most_lines; c++) {
			report_line line{words_of(classes[c].lock_class), {}};
			for (const auto &moment : all[i]->moments) {
				const auto time = moment.counters.find(classes[c].lock_class);
				line.points.emplace_back(
					moment.begin_s + moment.length_s / 2,
					time == moment.counters.end() ? 0 : per_second(static_cast<double>(time->second), moment.length_s));
			}
			lines.push_back(std::move(line));
		}
	}
	add_lines(section, "Time waited for locks", "ns_rate", lines);
}

} // namespace

report_section report_of(const std::vector<const report_lock *> &all)
{
	report_section section{"Locks", {}, {}, {}, {}};
	if (all.size() > 1)
		tell_of_two(section, *all[0], *all[1]);
	else
		tell_of_one(section, *all[0]);
	if (has_rows(all)) {
		section.charts.push_back(bars_json(table_of(all, "", "lock", lock_of),
						   all.size() > 1 ? "Time waited for each lock, in a second" : "Time waited for each lock",
						   most_bars));
		add_histogram(section, all);
		add_moments(section, all);
	}
	add_tables(section, all);
	add_kinds(section, all);
	std::vector<std::uint64_t> refused;
	for (std::size_t i = 0; i < all.size(); i++) {
		tell_of_knowledge(section, *all[i], side_prefix(i, all.size()));
		const auto &r = all[i]->counted.refused;
		refused.push_back(r[oriel_lock_no_row] + r[oriel_lock_no_wait] + r[oriel_lock_nested]);
	}
	add_coverage(section, {all.begin(), all.end()}, refused);
	return section;
}

} // namespace oriel
