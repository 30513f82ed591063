// SPDX-License-Identifier: GPL-2.0
#include "cmd_marker.hpp"
#include "marker_recording.hpp"
#include "option_check.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace oriel {
namespace {

void record(context &ctx, const recording_options &opts)
{
	const auto per_second = parse_rate(opts.rate);
	if (!per_second)
		return report(ctx, per_second.failure());
	if (opts.bpf)
		return record_by_bpf(ctx, opts, {"--bpf is given"});
	event_printer printer(opts.form(ctx), opts.count);
	supervisor waiter;
	auto recorder = marker_recorder::start({opts.patterns(), opts.filter, *per_second, opts.buffer_kib, opts.output}, printer);
	if (!recorder && recorder.failure().code == exit_code::module_absent)
		return record_by_bpf(ctx, opts, recorder.failure());
	if (!recorder)
		return report(ctx, recorder.failure());
	if (recorder->events().empty())
		fmt::print(stderr, "oriel: nothing matches yet; what comes and matches will be recorded\n");
	if (!ctx.command.empty())
		if (const auto started = waiter.start(ctx.command); !started)
			return report(ctx, started.failure());
	const auto ran = run_recording(waiter, printer, opts.duration_s, recorder->descriptors(), [&] {
		if (waiter.ended())
			recorder->name_process(waiter.ended()->number, waiter.ended()->name);
		return recorder->pump(printer);
	});
	const auto summary = recorder->finish(printer);
	if (!ran || !summary)
		return report(ctx, ran ? summary.failure() : ran.failure());
	print_record_summary(ctx, opts, *summary);
	waiter.wait_for_command(); // the recording may have ended sooner
	ctx.status = waiter.child_status().value_or(0);
}

} // namespace

void add_marker_record(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<recording_options>();
	CLI::App *verb = noun.add_subcommand("record", "Record markers and dropped trace events, until interrupted or until COMMAND ends");
	verb->footer("-- COMMAND [ARGUMENT...]: record while the command runs, and exit with its status");
	verb->add_option("GLOB", opts->globs, "Shell patterns over subsystem:event; without ':' a subsystem")
		->required()
		->check(event_pattern());
	verb->add_option("--filter", opts->filter, "Only events for which this holds, in ftrace's syntax: 'count > 3 && name ~ \"eth*\"'")
		->check(event_filter());
	verb->add_option("--rate", opts->rate, "At most so many events per second of each marker")->type_name("N/s")->check(event_rate());
	verb->add_option("-o,--output", opts->output, "Write a trace.dat, for trace-cmd report")->type_name("FILE");
	verb->add_option("--format", opts->format, "Print events as text (default without -o) or as a line of json each")
		->check(CLI::IsMember({"text", "json"}));
	verb->add_option("--duration", opts->duration_s, "End after so many seconds")->type_name("SECONDS")->check(positive_number());
	verb->add_option("--count", opts->count, "End after so many events")->type_name("N")->check(positive_integer());
	verb->add_option("--buffer", opts->buffer_kib, "Size of each processor's buffer")
		->type_name("KIB")
		->check(positive_integer(std::numeric_limits<std::uint32_t>::max()));
	verb->add_flag("--bpf", opts->bpf,
		       "Use BPF raw tracepoints even if oriel.ko is there: dropped trace events only, without field names");
	verb->callback([opts, &ctx] { record(ctx, *opts); });
}

} // namespace oriel
