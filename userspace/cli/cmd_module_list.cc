// SPDX-License-Identifier: GPL-2.0
#include "cmd_module.hpp"
#include "json_verdict.hpp"
#include "module_survey.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace oriel {
namespace {

void print_row(const surveyed_module &line)
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
	const kernel_facts kernel = read_kernel_facts(running_release(), true);
	auto json = nlohmann::ordered_json::array();
	if (!ctx.json)
		fmt::print("{:<24} {:<6} {:>6}  {:<10} {}\n", "MODULE", "TAINT", "EVENTS", "STATE", "VERDICT");
	for (const surveyed_module &line : survey_modules(kernel)) {
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
