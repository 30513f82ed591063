// SPDX-License-Identifier: GPL-2.0
#include "lock_print.hpp"

#include "number_words.hpp"
#include "print_line.hpp"
#include "program_json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace oriel {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_rows = 10;

std::string numbers(const oriel_lock_counters &c)
{
	return fmt::format("{:>9} {:>11} {:>11} {:>11} {:>11}", c.waits, time_text(static_cast<double>(c.total_ns)),
			   c.waits == 0 ? "-" : time_text(static_cast<double>(c.total_ns) / static_cast<double>(c.waits)),
			   time_text(static_cast<double>(quantile_ns(c, 0.99))),
			   time_text(static_cast<double>(c.max_ns))); // NOLINT(readability-magic-numbers)
}

std::string process_text(const lock_process &process)
{
	return process.tgid == 0 ? "kernel, idle" : fmt::format("{} {}", process.tgid, process.comm);
}

// The lock's class, and its own name where the class has several.
std::string lock_text(const lock_row &row)
{
	const bool has_own =
		row.lock_class == "slab" || row.lock_class == "inode" || row.lock_class == "static" || row.lock_class == "other";
	return has_own ? row.lock_class + " " + row.lock : row.lock_class;
}

template <class Text>
void print_table(const lock_snapshot &counted, const char *title, Text text_of)
{
	const auto rows = counted.gather(text_of);
	print_line("");
	print_line(fmt::format("{:<44} {:>9} {:>11} {:>11} {:>11} {:>11}", title, "WAITS", "TOTAL", "AVERAGE", "99 % BELOW", "LONGEST"));
	for (std::size_t i = 0; i < rows.size() && i < most_rows; i++)
		print_line(fmt::format("{:<44} {}", text_of(rows[i]), numbers(rows[i].counters)));
	if (rows.size() > most_rows)
		print_line(fmt::format("and {} more; --json has all", rows.size() - most_rows));
}

std::string coverage_text(const lock_coverage &coverage)
{
	constexpr double whole = 100;
	if (!coverage.entered)
		return "unknown";
	if (*coverage.entered == 0)
		return "-";
	return fmt::format("{:.1f} %", whole * static_cast<double>(coverage.seen) / static_cast<double>(*coverage.entered));
}

void print_coverage(const lock_snapshot &counted, bool of_all_classes)
{
	print_line("");
	if (of_all_classes)
		print_line("of the locks of all classes, as nothing tells the class of a slow path:");
	print_line(fmt::format("{:<28} {:>12} {:>12} {:>10}", "KIND OF LOCK", "WAITS SEEN", "SLOW PATHS", "COVERAGE"));
	for (std::size_t i = 0; i < counted.coverage.size(); i++) {
		const lock_coverage &coverage = counted.coverage[i];
		if (coverage.seen != 0 || coverage.entered.value_or(0) != 0)
			print_line(fmt::format("{:<28} {:>12} {:>12} {:>10}", lock_kind_names[i], coverage.seen,
					       coverage.entered ? std::to_string(*coverage.entered) : "-", coverage_text(coverage)));
	}
}

ordered_json to_json(const oriel_lock_counters &c)
{
	ordered_json histogram = ordered_json::array();
	for (const std::uint32_t slot : c.histogram)
		histogram.push_back(slot);
	return {{"waits", c.waits}, {"total_ns", c.total_ns}, {"max_ns", c.max_ns}, {"histogram_log2_ns", histogram}};
}

ordered_json to_json(const lock_process &process)
{
	return process.tgid == 0 ? ordered_json(nullptr) : ordered_json{{"pid", process.tgid}, {"command", process.comm}};
}

const std::array<const char *, oriel_lock_refusals> refusal_names{"stack", "row", "wait", "nested", "name", "address_space"};

} // namespace

void keep_class(lock_report &report, const std::string &lock_class)
{
	report.counted.keep_class(lock_class);
	report.one_class = true;
}

std::vector<std::string> lock_row_kinds()
{
	return {"lock", "caller", "process", "cgroup", "owner"};
}

std::function<std::string(const lock_row &)> lock_row_text(const std::string &kind, const cgroup_tree &cgroups)
{
	if (kind == "caller")
		return [](const lock_row &row) { return lock_text(row) + " in " + row.caller(); };
	if (kind == "process")
		return [](const lock_row &row) { return process_text(row.waiter); };
	if (kind == "cgroup")
		return [&cgroups](const lock_row &row) { return cgroups.name_of(row.cgroup); };
	if (kind == "owner")
		return [](const lock_row &row) {
			return (row.owner.tgid == 0 ? "not known" : process_text(row.owner)) + ": " + lock_text(row);
		};
	return lock_text;
}

void print(const lock_report &report)
{
	const lock_snapshot &counted = report.counted;
	const oriel_lock_counters sum = counted.sum();
	print_line(fmt::format("{:.2f} s, {} {} for locks, {} together", report.seconds, sum.waits, plural(sum.waits, "wait"),
			       time_text(static_cast<double>(sum.total_ns))));
	if (sum.waits != 0) {
		print_table(counted, "LOCK", lock_row_text("lock", report.cgroups));
		print_table(counted, "WANTED BY", lock_row_text("caller", report.cgroups));
		print_table(counted, "PROCESS", lock_row_text("process", report.cgroups));
		print_table(counted, "CONTROL GROUP", lock_row_text("cgroup", report.cgroups));
	}
	if (const auto [known, all] = counted.attributed(); all.waits != 0) {
		lock_snapshot owned = counted;
		std::erase_if(owned.rows, [](const lock_row &row) { return row.owner.tgid == 0; });
		if (!owned.rows.empty())
			print_table(owned, "HELD BY", lock_row_text("owner", report.cgroups));
		print_line(fmt::format("the holder is known of {} of {} {} for mutexes and rw_semaphores, {} of their time",
				       percent_text(percent_of(static_cast<double>(known.waits), static_cast<double>(all.waits))),
				       all.waits, plural(all.waits, "wait"),
				       percent_text(percent_of(static_cast<double>(known.total_ns), static_cast<double>(all.total_ns)))));
	}
	print_coverage(counted, report.one_class);
	print_line("");
	for (const std::string &sentence : report.unseen)
		print_line("not seen: " + sentence);
	if (const auto lost = counted.refused[oriel_lock_no_row] + counted.refused[oriel_lock_no_wait] + counted.refused[oriel_lock_nested])
		print_line(fmt::format("lost: {} {} (no room for {} {} and {} {}; {} inside a program)", lost, plural(lost, "wait"),
				       counted.refused[oriel_lock_no_row], plural(counted.refused[oriel_lock_no_row], "row"),
				       counted.refused[oriel_lock_no_wait], plural(counted.refused[oriel_lock_no_wait], "wait"),
				       counted.refused[oriel_lock_nested]));
	if (const auto lost = counted.refused[oriel_lock_no_stack])
		print_line(fmt::format("lost: the stacks of {} {}", lost, plural(lost, "wait")));
}

ordered_json to_json(const lock_report &report)
{
	const lock_snapshot &counted = report.counted;
	ordered_json json{{"version", 1}, {"seconds", report.seconds}, {"total", to_json(counted.sum())}};
	json["classes"] = ordered_json::array();
	for (const lock_row &row : counted.gather([](const lock_row &r) { return r.lock_class; })) {
		ordered_json one{{"class", row.lock_class}};
		one.update(to_json(row.counters));
		json["classes"].push_back(one);
	}
	json["coverage"] = ordered_json::array();
	for (std::size_t i = 0; i < counted.coverage.size(); i++)
		json["coverage"].push_back(
			{{"kind", lock_kind_names[i]},
			 {"seen", counted.coverage[i].seen},
			 {"slow_paths", counted.coverage[i].entered ? ordered_json(*counted.coverage[i].entered) : ordered_json(nullptr)}});
	const auto [known, all] = counted.attributed();
	json["owners"] = {{"known", known.waits}, {"of", all.waits}, {"known_ns", known.total_ns}, {"of_ns", all.total_ns}};
	json["waits"] = ordered_json::array();
	for (const lock_row &row : counted.rows) {
		ordered_json one{{"class", row.lock_class},
				 {"lock", row.lock},
				 {"kind", lock_kind_names.at(row.kind)},
				 {"process", to_json(row.waiter)},
				 {"owner", to_json(row.owner)},
				 {"address_space_of", row.space == 0 ? ordered_json(nullptr) : ordered_json(row.space)},
				 {"cgroup_id", row.cgroup},
				 {"cgroup", report.cgroups.name_of(row.cgroup)},
				 {"caller", row.caller()},
				 {"stack", row.stack},
				 {"user_stack", row.user_stack}};
		one.update(to_json(row.counters));
		json["waits"].push_back(one);
	}
	for (std::size_t i = 0; i < counted.refused.size(); i++)
		json["refused"][refusal_names[i]] = counted.refused[i];
	json["unseen"] = report.unseen;
	json["programs"] = to_json(report.programs);
	return json;
}

std::string folded_stacks(const lock_snapshot &counted)
{
	std::string text;
	for (const lock_row &row :
	     counted.gather([](const lock_row &r) { return process_text(r.waiter) + r.user_stack + "\n" + r.stack + lock_text(r); })) {
		std::string command = row.waiter.comm.empty() ? "unknown" : row.waiter.comm;
		std::replace(command.begin(), command.end(), ';', ':');
		// What is part of locking stands below its caller in every stack and says nothing.
		const std::string caller = row.caller();
		const auto at = caller.empty() ? std::string::npos : row.stack.rfind(caller);
		const std::string stack = at == std::string::npos ? row.stack : row.stack.substr(0, at + caller.size());
		text += fmt::format("{};{}{}{}{}[{}] {}\n", command, row.user_stack, row.user_stack.empty() ? "" : ";", stack,
				    stack.empty() ? "" : ";", lock_text(row), row.counters.total_ns);
	}
	return text;
}

} // namespace oriel
