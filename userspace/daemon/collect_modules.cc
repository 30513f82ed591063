// SPDX-License-Identifier: GPL-2.0
#include "collector.hpp"
#include "recording_module.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace oriel {
namespace {

using prometheus::MetricType;

constexpr std::size_t most_named = 100;

const metric by_verdict{"oriel_modules", "Loaded modules by verdict, as `oriel module list` has them.", MetricType::Gauge};
const metric bad_one{"oriel_module_bad_info", "Always 1: a module whose verdict is bad, with its taints.", MetricType::Gauge};
const metric bad_unnamed{"oriel_modules_bad_unnamed", "Modules whose verdict is bad beyond those that have a series.", MetricType::Gauge};

// Judging a module reads its file, so each is judged once for each time that it is loaded; and all anew when oriel.ko comes or goes, which
// knows more of them.
class modules final : public collector {
public:
	const char *name() const override { return "modules"; }
	result<std::monostate> observe() override;
	void write(series_set &to) const override;
	const recording_part *part() const override { return &module_recording_part(); }
	result<std::monostate> write(recording_writer &to, std::uint64_t) override;

private:
	struct known {
		ino_t number; // of its folder
		module_state state;
	};
	static ino_t number_of(const std::string &name);
	void judge(const std::vector<std::string> &names);

	std::map<std::string, known> known_;
	ino_t oriel_ = 0; // the number of its folder; 0: it is not loaded
};

// Of its folder in sysfs; a module that is loaded again has another. Its times only tell when somebody looked at it.
ino_t modules::number_of(const std::string &name)
{
	struct stat facts;
	return ::stat(("/sys/module/" + name).c_str(), &facts) == 0 ? facts.st_ino : 0;
}

void modules::judge(const std::vector<std::string> &names)
{
	for (const surveyed_module &one : survey_modules(read_kernel_facts(running_release(), true), names)) {
		const std::string &name = one.facts.module.name;
		known_[name] = {number_of(name), state_of(one)};
	}
}

result<std::monostate> modules::observe()
{
	const auto names = loaded_module_names();
	if (const ino_t now = number_of("oriel"); now != oriel_) {
		known_.clear();
		oriel_ = now;
	}
	std::erase_if(known_, [&](const auto &one) { return !std::binary_search(names.begin(), names.end(), one.first); });
	std::vector<std::string> is_new;
	for (const std::string &name : names)
		if (const auto found = known_.find(name); found == known_.end() || found->second.number != number_of(name))
			is_new.push_back(name);
	if (!is_new.empty())
		judge(is_new);
	return std::monostate{};
}

void modules::write(series_set &to) const
{
	std::map<severity, unsigned> counts{{severity::good, 0}, {severity::note, 0}, {severity::unknown, 0}, {severity::bad, 0}};
	for (const auto &[name, one] : known_) {
		if (++counts[one.state.verdict] <= most_named && one.state.verdict == severity::bad)
			to.add(bad_one, {{"module", name}, {"taints", one.state.taints}}, 1);
	}
	for (const auto &[weight, count] : counts)
		to.add(by_verdict, {{"verdict", to_string(weight)}}, count);
	const unsigned bad = counts[severity::bad];
	to.add(bad_unnamed, {}, bad > most_named ? bad - most_named : 0);
}

result<std::monostate> modules::write(recording_writer &to, std::uint64_t)
{
	module_states states;
	for (const auto &[name, one] : known_)
		states.add(one.state);
	return write_modules(to, states);
}

} // namespace

made_collector make_module_collector()
{
	if (!running_kernel_loads_modules())
		return error{"this kernel loads no modules", "", exit_code::unsupported};
	return std::unique_ptr<collector>(std::make_unique<modules>());
}

} // namespace oriel
