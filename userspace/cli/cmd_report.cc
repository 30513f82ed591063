// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"
#include "daemon_client.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "recording_choice.hpp"
#include "report.hpp"
#include "report_page.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	std::vector<std::string> recordings;
	std::chrono::nanoseconds last{0};
	std::string output = "oriel-report.html";
};

std::uint64_t now_ns()
{
	return static_cast<std::uint64_t>(std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

void write_report(context &ctx, const options &opts)
{
	auto recordings = opts.recordings;
	if (recordings.empty()) {
		const auto own = daemon_recording();
		if (!own)
			return report(ctx, own.failure());
		recordings.push_back(*own);
	}
	const auto sides = read_report_sides(recordings, opts.last);
	if (!sides)
		return report(ctx, sides.failure());
	const auto made = make_report(*sides, look_at_modules(*sides), now_ns());
	if (ctx.json)
		return print_json(made);
	const auto page = report_page(made);
	if (!page)
		return report(ctx, page.failure());
	if (const auto written = write_report_page(opts.output, *page); !written)
		return report(ctx, written.failure());
	for (const auto &section : made["sections"])
		for (const auto &sentence : section["story"])
			print_line(sentence["text"]);
	print_line(opts.output);
}

} // namespace

void add_report_command(CLI::App &app, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *noun = app.add_subcommand("report", "Write a page of HTML that tells what recordings hold, or compares two");
	noun->add_option("RECORDING", opts->recordings, "What record -o, or orield, has written; without it, what orield has");
	add_last(*noun, opts->last);
	noun->add_option("-o,--output", opts->output, "The page; oriel-report.html without this")->type_name("FILE");
	noun->callback([opts, &ctx] { write_report(ctx, *opts); });
}

} // namespace oriel
