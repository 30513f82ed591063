// SPDX-License-Identifier: GPL-2.0
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <fmt/format.h>

// The section on loaded modules: which of them cannot be traced, and do not say so.
namespace oriel {
namespace {

std::vector<std::string> names_with(const std::vector<surveyed_module> &modules, liveness state)
{
	std::vector<std::string> names;
	for (const surveyed_module &module : modules)
		if (module.judged.plain.tracepoints == state)
			names.push_back(module.facts.module.name);
	return names;
}

} // namespace

std::string why_no_modules(const std::vector<report_side> &sides, const recording_facts &here, bool loads_modules)
{
	const auto at = [&](const char *name) { return here.contains(name) ? here.at(name) : ""; };
	for (const report_side &side : sides)
		for (const report_recording &recording : side.recordings)
			for (const char *name : {"machine", "kernel"})
				if (recording.fact(name) != at(name))
					return fmt::format(
						"Which modules cannot be traced is not known: {} was recorded on {} with kernel {}, and "
						"this is {} with kernel {}. There, oriel module list tells.",
						recording.path, recording.fact("machine"), recording.fact("kernel"), at("machine"),
						at("kernel"));
	return loads_modules ? "" : "This kernel loads no modules, so none of them is untraceable.";
}

report_section report_of(const std::vector<surveyed_module> &modules)
{
	report_section section{"Modules", {}, {}, {}, {}};
	const auto dropped = names_with(modules, liveness::dropped), unknown = names_with(modules, liveness::unknown);
	if (!dropped.empty())
		section.story.push_back({fmt::format("{} of {} loaded modules cannot be traced, and the kernel told nobody: {}. "
						     "oriel module explain NAME says why and what mends it.",
						     dropped.size(), modules.size(), fmt::join(dropped, ", ")),
					 severity::bad});
	else if (unknown.empty())
		section.story.push_back(
			{fmt::format("No trace event of the {} loaded modules was dropped.", modules.size()), severity::good});
	if (!unknown.empty())
		section.story.push_back(
			{fmt::format("Of {} of {} loaded modules it is not known whether they can be traced; as root, oriel report "
				     "knows more.",
				     unknown.size(), modules.size()),
			 severity::unknown});
	report_table table{"Modules that taint the kernel, or whose trace events were dropped",
			   {{"module", "name"}, {"taint", "name"}, {"trace events are", "name"}, {"verdict", "name"}, {"why", "name"}},
			   {{"events", "count"}},
			   {{}}};
	for (const surveyed_module &module : modules) {
		const auto &taints = module.facts.module.taints;
		const liveness state = module.judged.plain.tracepoints;
		if (state != liveness::dropped && taints && taints->empty())
			continue;
		table.sides[0].push_back({{module.facts.module.name,
					   !taints           ? "?"
					   : taints->empty() ? "-"
							     : taints->letters(),
					   to_string(state), to_string(module.judged.overall), module.judged.summary},
					  {static_cast<double>(module.events)}});
	}
	if (!table.sides[0].empty())
		section.tables.push_back(table_json(table));
	return section;
}

} // namespace oriel
