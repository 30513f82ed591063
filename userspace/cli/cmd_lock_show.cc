// SPDX-License-Identifier: GPL-2.0
#include "cmd_lock.hpp"
#include "lock_print.hpp"
#include "output.hpp"
#include "recording_choice.hpp"
#include "recording_lock.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	recording_choice recording;
	std::string lock_class;
	std::string folded;
};

result<lock_report> read(const recording_choice &choice)
{
	auto reader = open_recording(choice);
	if (!reader)
		return reader.failure();
	const auto has = reader->has(lock_recording_part());
	if (!has)
		return has.failure();
	if (!*has)
		return error{fmt::format("{}: no waits for locks are in this recording", reader->path()),
			     "record them: oriel lock record -o FILE"};
	auto recorded = read_lock(*reader);
	const auto programs = reader->programs(lock_recording_part());
	const auto unseen = reader->unseen(lock_recording_part());
	if (!recorded || !programs || !unseen)
		return !recorded ? recorded.failure() : !programs ? programs.failure() : unseen.failure();
	return lock_report{std::move(recorded->counted), std::chrono::duration<double>(reader->length()).count(), *unseen, *programs,
			   std::move(recorded->cgroups)};
}

void show(context &ctx, const options &opts)
{
	auto seen = read(opts.recording);
	if (!seen)
		return report(ctx, seen.failure());
	if (!opts.lock_class.empty())
		keep_class(*seen, opts.lock_class);
	if (!opts.folded.empty())
		if (const auto written = write_folded(opts.folded, seen->counted); !written)
			return report(ctx, written.failure());
	if (ctx.json)
		print_json(to_json(*seen));
	else
		print(*seen);
}

} // namespace

void add_lock_show(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("show", "Print what a recording holds; no root is needed");
	add_recording_choice(*verb, opts->recording);
	add_lock_class(*verb, opts->lock_class);
	verb->add_option("--folded", opts->folded, "Write folded stacks, for a flame graph of the time waited")->type_name("FILE");
	verb->callback([opts, &ctx] { show(ctx, *opts); });
}

} // namespace oriel
