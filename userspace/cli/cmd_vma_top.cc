// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"
#include "live_table.hpp"
#include "option_check.hpp"
#include "output.hpp"
#include "vma_print.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>

namespace oriel {
namespace {

using std::chrono::steady_clock;

struct options {
	vma_options what;
	std::string by = "process";
	live_options live;
};

// A number behind the labels of a row, of one interval.
struct measure {
	live_column column;
	std::function<live_cell(const oriel_vma_counters &, double seconds)> of;
};

measure per_second(const char *name, const char *title, char key, __u64 oriel_vma_counters::*member)
{
	return {{name, title, key}, [member](const oriel_vma_counters &c, double seconds) {
			const double value = rate(c.*member, seconds);
			return live_cell{fmt::format("{:.0f}", value), value};
		}};
}

std::vector<measure> measures(bool policies)
{
	using c = oriel_vma_counters;
	std::vector<measure> list{
		per_second("faults", "FAULTS/S", 'f', &c::faults),         per_second("lookups", "LOOKUPS/S", 'l', &c::lookups),
		per_second("major", "MAJOR/S", 'm', &c::faults_major),     per_second("write", "WRITE/S", 'w', &c::faults_write),
		per_second("retried", "RETRY/S", 't', &c::faults_retried), per_second("missed", "NO LOCK/S", 'n', &c::vma_lock_missed),
	};
	list.push_back({{"lock", "VMA LOCK", 'v'}, [](const c &counters, double) {
				const std::uint64_t tries = counters.vma_lock_taken + counters.vma_lock_missed;
				return live_cell{percent(counters.vma_lock_taken, tries), ratio(counters.vma_lock_taken, tries)};
			}});
	if (policies)
		list.push_back({{"hits", "4 PAGE", 'h'}, [](const c &counters, double) {
					const std::uint64_t hits = counters.hits[oriel_vma_thread4_page];
					return live_cell{percent(hits, simulated(counters)), ratio(hits, simulated(counters))};
				}});
	return list;
}

char key_of(const std::string &name)
{
	return name == "pid" ? 'p' : name == "tid" ? 'i' : name == "command" || name == "thread" || name == "cgroup" ? 'c' : '\0';
}

live_frame frame_of(const vma_report &report, vma_by by, const std::vector<measure> &numbers)
{
	const oriel_vma_counters sum = report.counted.sum();
	live_frame frame;
	frame.head = {fmt::format("{:.1f} s: {:.0f} page faults per second", report.seconds, rate(sum.faults, report.seconds))};
	if (!is_degraded(report))
		frame.head[0] += fmt::format(", {:.0f} lookups of mappings", rate(sum.lookups, report.seconds));
	const auto labels = vma_labels(by);
	for (const oriel_vma_row &row : vma_rows(report.counted, by)) {
		std::vector<live_cell> cells;
		const auto texts = vma_label_texts(row, by, report.cgroups);
		for (std::size_t i = 0; i < texts.size(); i++) {
			const double number = labels[i].name == "pid" ? row.process.tgid : labels[i].name == "tid" ? row.process.tid : 0;
			cells.push_back({texts[i], number});
		}
		for (const measure &one : numbers)
			cells.push_back(one.of(row.counters, report.seconds));
		frame.rows.push_back(std::move(cells));
	}
	frame.foot = vma_remarks(report);
	frame.json = to_json(report, by);
	return frame;
}

void top(context &ctx, options opts)
{
	const vma_by by = vma_by_called(opts.by);
	const auto numbers = measures(opts.what.policies);
	std::vector<live_column> columns;
	for (const vma_label &label : vma_labels(by))
		columns.push_back({label.name, label.title, key_of(label.name), label.is_text, label.width});
	for (const measure &one : numbers)
		columns.push_back(one.column);
	opts.live.json = ctx.json;
	auto table = live_table::make(std::move(columns), opts.live);
	if (!table)
		return report(ctx, table.failure());
	supervisor waiter;
	auto request = opts.what.request(waiter);
	if (!request)
		return report(ctx, request.failure());
	request->by_thread = by == vma_by::thread;
	auto collector = vma_collector::start(*request);
	if (!collector)
		return report(ctx, collector.failure());
	if (const auto there = opts.what.target.check(waiter); !there)
		return report(ctx, there.failure());
	auto began = steady_clock::now();
	const auto next = [&]() -> result<live_frame> {
		auto taken = collector->take();
		if (!taken)
			return taken.failure();
		const auto now = steady_clock::now();
		vma_report seen;
		seen.counted = std::move(*taken);
		seen.seconds = std::chrono::duration<double>(now - std::exchange(began, now)).count();
		seen.policies = opts.what.policies;
		seen.has_real_cache = collector->has_real_cache();
		seen.unseen = collector->unseen();
		seen.programs = collector->programs();
		seen.cgroups = cgroup_tree::read();
		return frame_of(seen, by, numbers);
	};
	if (const auto shown = table->run(waiter, next); !shown)
		return report(ctx, shown.failure());
}

} // namespace

void add_vma_top(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	opts->live.sort = "faults";
	CLI::App *verb = noun.add_subcommand("top", "Show who faults and looks up now");
	opts->what.add_to(*verb);
	verb->add_option("--by", opts->by, "Add up by this: process, thread, cgroup or system")->check(vma_by_name());
	verb->add_option("--sort", opts->live.sort, "Sort by this column, as faults (default) or lookups")->type_name("COLUMN");
	verb->add_option("--interval", opts->live.interval_s, "Seconds between two looks (2)")->check(positive_number());
	verb->add_option("--iterations", opts->live.iterations, "End after so many looks")->check(positive_integer());
	verb->callback([opts, &ctx] { top(ctx, *opts); });
}

} // namespace oriel
