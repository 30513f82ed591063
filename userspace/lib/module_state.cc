// SPDX-License-Identifier: GPL-2.0
#include "module_state.hpp"

#include <algorithm>

namespace oriel {
namespace {

bool is_told(const module_state &state)
{
	return !state.taints.empty() || state.tracing == liveness::dropped || state.tracing == liveness::unknown;
}

} // namespace

void module_states::add(module_state module)
{
	loaded++;
	if (is_told(module))
		told.push_back(std::move(module));
}

void module_states::merge(const module_states &others)
{
	loaded = others.loaded;
	for (const module_state &other : others.told) {
		const auto same = std::find_if(told.begin(), told.end(), [&](const module_state &one) { return one.name == other.name; });
		if (same == told.end())
			told.push_back(other);
		else
			*same = other;
	}
}

module_state state_of(const surveyed_module &module)
{
	const auto &taints = module.facts.module.taints;
	return {module.facts.module.name,
		taints ? taints->letters() : "?",
		module.events,
		module.judged.plain.tracepoints,
		module.judged.overall,
		module.judged.summary};
}

module_states states_of(const std::vector<surveyed_module> &modules)
{
	module_states states;
	for (const surveyed_module &module : modules)
		states.add(state_of(module));
	return states;
}

module_states read_module_states()
{
	const auto names = loaded_module_names();
	std::vector<std::string> tainting;
	for (const std::string &name : names)
		if (const auto module = read_loaded_module(name); !module || !module->taints || !module->taints->empty())
			tainting.push_back(name);
	if (tainting.empty())
		return {names.size(), {}};
	module_states states = states_of(survey_modules(read_kernel_facts(running_release(), true), tainting));
	states.loaded = names.size();
	return states;
}

} // namespace oriel
