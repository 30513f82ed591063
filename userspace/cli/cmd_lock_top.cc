// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"
#include "live_table.hpp"
#include "lock_print.hpp"
#include "number_words.hpp"
#include "option_check.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	lock_options what;
	std::string lock_class;
	std::string by = "lock";
	live_options live{.sort = "total"};
};

const std::vector<live_column> columns{
	{"name", "NAME", 'n', true, 44},        {"waits", "WAITS/s", 'w', false, 10},   {"total", "WAITED/s", 't', false, 11},
	{"average", "AVERAGE", 'a', false, 11}, {"longest", "LONGEST", 'l', false, 11},
};

std::vector<live_cell> cells_of(const lock_row &row, const std::string &name, double seconds)
{
	const oriel_lock_counters &c = row.counters;
	const auto waits = static_cast<double>(c.waits), total_ns = static_cast<double>(c.total_ns), max_ns = static_cast<double>(c.max_ns);
	return {{name, 0},
		{fmt::format("{:.1f}", waits / seconds), waits},
		{time_text(total_ns / seconds), total_ns},
		{time_text(total_ns / waits), total_ns / waits},
		{time_text(max_ns), max_ns}};
}

void top(context &ctx, const options &opts)
{
	live_options live = opts.live;
	live.json = ctx.json;
	auto table = live_table::make(columns, live);
	supervisor waiter;
	const auto request = opts.what.request(waiter);
	if (!table || !request)
		return report(ctx, table ? request.failure() : table.failure());
	auto collector = lock_collector::start(*request);
	if (!collector)
		return report(ctx, collector.failure());
	if (const auto there = opts.what.target.check(waiter); !there)
		return report(ctx, there.failure());
	auto then = std::chrono::steady_clock::now();
	const auto ended = table->run(waiter, [&]() -> result<live_frame> {
		auto taken = collector->take();
		if (!taken)
			return taken.failure();
		const auto now = std::chrono::steady_clock::now();
		const double seconds = std::chrono::duration<double>(now - then).count();
		lock_report seen{std::move(*taken), seconds, collector->unseen(), collector->programs(), cgroup_tree::read()};
		if (!opts.lock_class.empty())
			keep_class(seen, opts.lock_class);
		then = now;
		live_frame frame;
		const oriel_lock_counters sum = seen.counted.sum();
		frame.head.push_back(fmt::format("{:.1f} waits for locks per second, {} waited per second, by {}",
						 static_cast<double>(sum.waits) / seconds,
						 time_text(static_cast<double>(sum.total_ns) / seconds), opts.by));
		const auto text_of = lock_row_text(opts.by, seen.cgroups);
		for (const lock_row &row : seen.counted.gather(text_of))
			frame.rows.push_back(cells_of(row, text_of(row), seconds));
		if (ctx.json)
			frame.json = to_json(seen);
		return frame;
	});
	if (!ended)
		report(ctx, ended.failure());
}

} // namespace

void add_lock_top(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("top", "Show who waits for which locks now, again and again");
	opts->what.add_to(*verb);
	add_lock_class(*verb, opts->lock_class);
	verb->add_option("--by", opts->by, "What a line stands for")->check(CLI::IsMember(lock_row_kinds()));
	std::vector<std::string> names;
	for (const live_column &column : columns)
		names.push_back(column.name);
	verb->add_option("--sort", opts->live.sort, "By what lines are sorted; on a terminal, keys change it")->check(CLI::IsMember(names));
	verb->add_option("--interval", opts->live.interval_s, "Seconds from one table to the next")->check(positive_number());
	verb->add_option("--iterations", opts->live.iterations, "End after so many tables")->check(positive_integer());
	verb->callback([opts, &ctx] { top(ctx, *opts); });
}

} // namespace oriel
