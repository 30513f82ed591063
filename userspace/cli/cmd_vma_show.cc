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

std::string fact(const recording_reader &reader, const std::string &name)
{
	const auto found = reader.facts().find(name);
	return found == reader.facts().end() ? "" : found->second;
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
	seen.policies = fact(reader, "policies") == "1";
	seen.has_real_cache = fact(reader, "has_real_cache") == "1";
	seen.unseen = std::move(*unseen);
	seen.programs = std::move(*programs);
	return seen;
}

void show(context &ctx, const options &opts)
{
	auto reader = open_recording(opts.recording);
	if (!reader)
		return report(ctx, reader.failure());
	const auto seen = read(*reader);
	if (!seen)
		return report(ctx, seen.failure());
	const auto by = opts.by.empty() ? std::nullopt : std::optional(vma_by_called(opts.by));
	const std::uint64_t begin_ns = reader->samples().empty() ? 0 : reader->samples().front().begin_ns;
	if (ctx.json) {
		auto json = to_json(*seen, by);
		json["recording"] = {{"facts", reader->facts()}, {"samples", reader->samples().size()}, {"begin_ns", begin_ns}};
		return print_json(json);
	}
	const std::string command = fact(*reader, "command");
	print_line(fmt::format("{}, kernel {}, {}: {}{}", fact(*reader, "machine"), fact(*reader, "kernel"),
			       reader->samples().empty() ? "no sample yet" : time_text(begin_ns), fact(*reader, "began_by"),
			       command.empty() ? "" : ", of " + command));
	print(*seen, by);
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
