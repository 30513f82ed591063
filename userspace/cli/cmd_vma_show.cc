// SPDX-License-Identifier: GPL-2.0
#include "cmd_vma.hpp"
#include "output.hpp"
#include "print_line.hpp"
#include "recording_choice.hpp"
#include "recording_vma.hpp"
#include "vma_print.hpp"

#include <CLI/CLI.hpp>
#include <ctime>
#include <fmt/chrono.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct options {
	recording_choice recording;
	std::string by;
};

constexpr std::uint64_t second_ns = 1'000'000'000;

// In the time zone of who reads.
std::string time_text(std::uint64_t ns)
{
	const auto seconds = static_cast<std::time_t>(ns / second_ns);
	std::tm parts{};
	return ::localtime_r(&seconds, &parts) ? fmt::format("{:%Y-%m-%d %H:%M:%S}", parts) : "an unknown time";
}

struct shown_recording {
	recording_facts facts;
	std::size_t samples = 0;
	std::uint64_t begin_ns = 0;
	vma_report seen;
};

std::string fact(const recording_facts &facts, const std::string &name)
{
	const auto found = facts.find(name);
	return found == facts.end() ? "" : found->second;
}

result<vma_report> read(recording_reader &reader)
{
	const auto &part = vma_recording_part();
	const auto has = reader.has(part);
	if (!has)
		return has.failure();
	if (!*has)
		return error{fmt::format("{} holds no page faults and lookups", reader.path()),
			     "record them: oriel vma record -o FILE, or orield"};
	auto counted = read_vma(reader);
	auto programs = reader.programs(part);
	auto unseen = reader.unseen(part);
	if (!counted || !programs || !unseen)
		return !counted ? counted.failure() : !programs ? programs.failure() : unseen.failure();
	vma_report seen;
	seen.counted = std::move(counted->counted);
	seen.cgroups = std::move(counted->cgroups);
	seen.seconds = std::chrono::duration<double>(reader.length()).count();
	seen.policies = fact(reader.facts(), "policies") == "1";
	seen.has_real_cache = fact(reader.facts(), "has_real_cache") == "1";
	seen.unseen = std::move(*unseen);
	seen.programs = std::move(*programs);
	return seen;
}

// The file is closed behind it: whoever writes it need not wait until all is printed.
result<shown_recording> read(const recording_choice &choice)
{
	auto reader = open_recording(choice);
	if (!reader)
		return reader.failure();
	auto seen = read(*reader);
	if (!seen)
		return seen.failure();
	const auto &samples = reader->samples();
	return shown_recording{reader->facts(), samples.size(), samples.empty() ? 0 : samples.front().begin_ns, std::move(*seen)};
}

void show(context &ctx, const options &opts)
{
	const auto shown = read(opts.recording);
	if (!shown)
		return report(ctx, shown.failure());
	const auto by = opts.by.empty() ? std::nullopt : std::optional(vma_by_called(opts.by));
	if (ctx.json) {
		auto json = to_json(shown->seen, by);
		json["recording"] = {{"facts", shown->facts}, {"samples", shown->samples}, {"begin_ns", shown->begin_ns}};
		return print_json(json);
	}
	const std::string command = fact(shown->facts, "command");
	print_line(fmt::format("{}, kernel {}, {}: {}{}", fact(shown->facts, "machine"), fact(shown->facts, "kernel"),
			       shown->samples == 0 ? "no sample yet" : time_text(shown->begin_ns), fact(shown->facts, "began_by"),
			       command.empty() ? "" : ", of " + command));
	print(shown->seen, by);
}

} // namespace

void add_vma_show(CLI::App &noun, context &ctx)
{
	auto opts = std::make_shared<options>();
	CLI::App *verb = noun.add_subcommand("show", "Print what a recording holds");
	add_recording_choice(*verb, opts->recording);
	verb->add_option("--by", opts->by, "Add up by this: process, thread, cgroup or system")->check(vma_by_name());
	verb->callback([opts, &ctx] { show(ctx, *opts); });
}

} // namespace oriel
