// SPDX-License-Identifier: GPL-2.0
#include "module_survey.hpp"

namespace oriel {
namespace {

surveyed_module judge(const std::string &name, const kernel_facts &kernel, const std::filesystem::path &modules,
		      std::optional<told_facts> told)
{
	surveyed_module seen;
	seen.facts.told = std::move(told);
	seen.facts.module.name = name;
	if (auto loaded = read_loaded_module(name))
		seen.facts.module = std::move(*loaded);
	std::optional<module_file> file;
	if (const auto path = find_module_file(name, modules); !path.empty())
		if (auto read = read_module_file(path))
			file = std::move(*read);
	const module_file *at = file ? &*file : nullptr;
	if (file) {
		seen.events = file->tracepoints.events.size();
		seen.facts.events_present = observe_events(file->tracepoints.events);
	}
	if (seen.facts.told)
		seen.events = seen.facts.told->counts.trace_events;
	seen.judged = judge_loaded(seen.facts, at, kernel);
	return seen;
}

} // namespace

std::vector<surveyed_module> survey_modules(const kernel_facts &kernel)
{
	return survey_modules(kernel, loaded_module_names());
}

std::vector<surveyed_module> survey_modules(const kernel_facts &kernel, const std::vector<std::string> &names)
{
	const auto modules = module_dir(kernel.release, "/");
	auto told = ask_all_told_facts();
	std::vector<surveyed_module> list;
	for (const std::string &name : names) {
		const auto known = told.find(name);
		list.push_back(judge(name, kernel, modules, known == told.end() ? std::nullopt : std::optional(std::move(known->second))));
	}
	return list;
}

} // namespace oriel
