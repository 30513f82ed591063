// SPDX-License-Identifier: GPL-2.0
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <fmt/format.h>

// The section on loaded modules: which of them cannot be traced, and do not say so.
namespace oriel {
namespace {

std::vector<std::string> names_with(const module_states &modules, liveness tracing)
{
	std::vector<std::string> names;
	for (const module_state &module : modules.told)
		if (module.tracing == tracing)
			names.push_back(module.name);
	return names;
}

void tell(report_section &section, const module_states &modules, const std::string &prefix)
{
	const auto dropped = names_with(modules, liveness::dropped), unknown = names_with(modules, liveness::unknown);
	if (!dropped.empty())
		section.story.push_back({fmt::format("{}{} of {} loaded modules cannot be traced, and the kernel told nobody: {}. "
						     "oriel module explain NAME says why and what mends it.",
						     prefix, dropped.size(), modules.loaded, fmt::join(dropped, ", ")),
					 severity::bad});
	else if (unknown.empty())
		section.story.push_back(
			{fmt::format("{}No trace event of the {} loaded modules was dropped.", prefix, modules.loaded), severity::good});
	if (!unknown.empty())
		section.story.push_back(
			{fmt::format("{}Of {} of {} loaded modules it is not known whether they can be traced; root knows more.", prefix,
				     unknown.size(), modules.loaded),
			 severity::unknown});
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

report_section report_of(const std::vector<const module_states *> &sides)
{
	report_section section{"Modules", {}, {}, {}, {}};
	report_table table{"Modules that taint the kernel, or whose trace events were dropped",
			   {{"module", "name"}, {"taint", "name"}, {"trace events are", "name"}, {"verdict", "name"}, {"why", "name"}},
			   {{"events", "count"}},
			   {{}}};
	if (sides.size() > 1)
		table.keys.insert(table.keys.begin(), {"in", "name"});
	for (std::size_t i = 0; i < sides.size(); i++) {
		const std::string prefix = side_prefix(i, sides.size());
		tell(section, *sides[i], prefix);
		for (const module_state &module : sides[i]->told) {
			if (module.tracing != liveness::dropped && module.taints.empty())
				continue;
			report_row row{{module.name, module.taints.empty() ? "-" : module.taints, to_string(module.tracing),
					to_string(module.verdict), module.summary},
				       {static_cast<double>(module.events)}};
			if (sides.size() > 1)
				row.keys.insert(row.keys.begin(), prefix.substr(0, 1));
			table.sides[0].push_back(std::move(row));
		}
	}
	if (!table.sides[0].empty())
		section.tables.push_back(table_json(table));
	return section;
}

} // namespace oriel
