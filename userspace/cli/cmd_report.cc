// SPDX-License-Identifier: GPL-2.0
#include "command.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "report.hpp"
#include "report_page.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

// Where orield keeps what it measures.
constexpr const char *own_recording = "/var/lib/oriel/orield.oriel";

struct options {
	std::vector<std::string> recordings;
	std::string output = "oriel-report.html";
};

std::uint64_t now_ns()
{
	return static_cast<std::uint64_t>(std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

void write_report(context &ctx, const options &opts)
{
	if (opts.recordings.empty() && !std::filesystem::exists(own_recording))
		return report(ctx, error{fmt::format("no recording was named, and orield has left none: {}", own_recording),
					 "oriel vma record -o FILE, oriel lock record -o FILE; then oriel report FILE..."});
	const auto sides = read_report_sides(opts.recordings.empty() ? std::vector<std::string>{own_recording} : opts.recordings);
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
	noun->add_option("-o,--output", opts->output, "The page; oriel-report.html without this")->type_name("FILE");
	noun->callback([opts, &ctx] { write_report(ctx, *opts); });
}

} // namespace oriel
