// SPDX-License-Identifier: GPL-2.0
#include "report.hpp"

#include "companion_abi.hpp"
#include "report_section.hpp"
#include "number_words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const report_section &section)
{
	ordered_json story = ordered_json::array();
	for (const report_sentence &sentence : section.story)
		story.push_back({{"text", sentence.text}, {"weight", to_string(sentence.weight)}});
	return {{"title", section.title},
		{"story", story},
		{"unseen", section.unseen},
		{"charts", section.charts},
		{"tables", section.tables}};
}

ordered_json to_json(const report_recording &recording)
{
	return {{"file", recording.path},
		{"parts", recording.parts},
		{"machine", recording.fact("machine")},
		{"kernel", recording.fact("kernel")},
		{"processors", recording.fact("processors")},
		{"began_by", recording.fact("began_by")},
		{"command", recording.fact("command")},
		{"began", recording.samples == 0 ? "-" : moment_text(recording.begin_ns)},
		{"seconds", recording.seconds},
		{"samples", recording.samples}};
}

ordered_json to_json(const std::vector<report_side> &sides)
{
	ordered_json list = ordered_json::array();
	for (std::size_t i = 0; i < sides.size(); i++) {
		ordered_json recordings = ordered_json::array();
		for (const report_recording &recording : sides[i].recordings)
			recordings.push_back(to_json(recording));
		list.push_back({{"name", sides.size() == 1 ? "" : i == 0 ? "A" : "B"}, {"recordings", recordings}});
	}
	return list;
}

// The section on what some side has, if one has it.
template <class Part>
void add_section(ordered_json &sections, const std::vector<report_side> &sides, std::optional<Part> report_side::*member)
{
	std::vector<const Part *> parts;
	std::string only;
	for (std::size_t i = 0; i < sides.size(); i++) {
		if (!(sides[i].*member))
			continue;
		parts.push_back(&*(sides[i].*member));
		only = i == 0 ? "A" : "B";
	}
	if (parts.empty())
		return;
	report_section section = report_of(parts);
	if (parts.size() < sides.size())
		section.story.insert(section.story.begin(), {fmt::format("Only {} has this.", only), severity::unknown});
	sections.push_back(to_json(section));
}

bool tell_of_modules(const std::vector<report_side> &sides)
{
	return std::any_of(sides.begin(), sides.end(), [](const report_side &side) { return side.modules.has_value(); });
}

} // namespace

report_modules look_at_modules(const std::vector<report_side> &sides)
{
	if (tell_of_modules(sides))
		return {};
	report_modules modules{{}, why_no_modules(sides, facts_of_this_machine(), running_kernel_loads_modules())};
	if (modules.why_not.empty())
		modules.seen = states_of(survey_modules(read_kernel_facts(running_release(), true)));
	return modules;
}

ordered_json make_report(const std::vector<report_side> &sides, const report_modules &modules, std::uint64_t made_ns)
{
	ordered_json sections = ordered_json::array();
	add_section(sections, sides, &report_side::vma);
	add_section(sections, sides, &report_side::lock);
	add_section(sections, sides, &report_side::modules);
	if (!tell_of_modules(sides))
		sections.push_back(to_json(modules.why_not.empty()
						   ? report_of({&modules.seen})
						   : report_section{"Modules", {{modules.why_not, severity::unknown}}, {}, {}, {}}));
	return {{"version", 1},
		{"oriel", std::string(companion_version())},
		{"made", moment_text(made_ns)},
		{"sides", to_json(sides)},
		{"sections", sections}};
}

} // namespace oriel
