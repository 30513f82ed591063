// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "json_verdict.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

struct row {
	loaded_facts facts;
	std::size_t events = 0;
	verdict judged;
};

row judge(const std::string &name, const kernel_facts &kernel, const std::filesystem::path &modules, std::optional<told_facts> told)
{
	row line;
	line.facts.told = std::move(told);
	line.facts.module.name = name;
	if (auto loaded = read_loaded_module(name))
		line.facts.module = std::move(*loaded);
	std::optional<module_file> file;
	if (const auto path = find_module_file(name, modules); !path.empty())
		if (auto read = read_module_file(path))
			file = std::move(*read);
	const module_file *at = file ? &*file : nullptr;
	if (file) {
		line.events = file->tracepoints.events.size();
		line.facts.events_present = observe_events(file->tracepoints.events);
	}
	if (line.facts.told)
		line.events = line.facts.told->counts.trace_events;
	line.judged = judge_loaded(line.facts, at, kernel);
	return line;
}

void print_row(const row &line)
{
	const auto &taints = line.facts.module.taints;
	const std::string letters = !taints ? "?" : taints->empty() ? "-" : taints->letters();
	fmt::print("{:<24} {:<6} {:>6}  {:<10} {}\n", line.facts.module.name, letters, line.events,
		   to_string(line.judged.plain.tracepoints), to_string(line.judged.overall));
}

void list(context &ctx, bool tainted_only)
{
	if (!running_kernel_loads_modules())
		return report(ctx, no_modules());
	const std::string release = running_release();
	const kernel_facts kernel = read_kernel_facts(release, true);
	const auto modules = module_dir(release, "/");
	auto told = ask_all_told_facts();
	auto json = nlohmann::ordered_json::array();
	if (!ctx.json)
		fmt::print("{:<24} {:<6} {:>6}  {:<10} {}\n", "MODULE", "TAINT", "EVENTS", "STATE", "VERDICT");
	for (const std::string &name : loaded_module_names()) {
		const auto known = told.find(name);
		const row line = judge(name, kernel, modules, known == told.end() ? std::nullopt : std::optional(std::move(known->second)));
		if (tainted_only && line.facts.module.taints && line.facts.module.taints->empty())
			continue;
		if (ctx.json)
			json.push_back({{"loaded", to_json(line.facts, line.judged.match)},
					{"events", line.events},
					{"verdict", to_json(line.judged)}});
		else
			print_row(line);
	}
	if (ctx.json)
		print_json({{"version", 1}, {"kernel", to_json(kernel)}, {"modules", json}});
}

} // namespace

void add_module_list(CLI::App &noun, context &ctx)
{
	auto tainted = std::make_shared<bool>(false);
	CLI::App *verb = noun.add_subcommand("list", "List the loaded modules with their taint and the state of their trace events");
	verb->add_flag("--tainted", *tainted, "Only those that taint the kernel");
	verb->callback([tainted, &ctx] { list(ctx, *tainted); });
}

} // namespace oriel
