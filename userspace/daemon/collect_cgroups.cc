// SPDX-License-Identifier: GPL-2.0
#include "cgroup_links.hpp"
#include "collector.hpp"
#include "file_read.hpp"

namespace oriel {
namespace {

using prometheus::MetricType;

const metric sets{"oriel_cgroup_css_sets", "css_sets that the kernel keeps.", MetricType::Gauge};
const metric links{"oriel_cgroup_links", "Links between css_sets and control groups.", MetricType::Gauge};
const metric bytes{"oriel_cgroup_linkage_bytes", "Memory of css_sets and links.", MetricType::Gauge};
const metric groups{"oriel_cgroup_groups", "Control groups, with the root.", MetricType::Gauge};
const metric dying{"oriel_cgroup_dying_groups", "Control groups that were removed and are still referred to.", MetricType::Gauge};

class cgroups final : public collector {
public:
	explicit cgroups(cgroup_links source) : source_(std::move(source)) {}

	const char *name() const override { return "cgroups"; }
	result<std::monostate> observe() override
	{
		const auto read = source_.read();
		if (!read)
			return read.failure();
		last_ = *read;
		names_ = hierarchy_names(read_text("/proc/self/cgroup").value_or(""));
		return std::monostate{};
	}
	void write(series_set &to) const override
	{
		to.add(sets, {}, last_.totals.sets);
		to.add(links, {}, last_.totals.links);
		to.add(bytes, {}, double(last_.bytes()));
		for (std::uint32_t i = 0; i < last_.totals.hierarchies; i++) {
			const oriel_cgroup_hierarchy &one = last_.totals.hierarchy[i];
			const auto name = names_.find(one.number);
			const std::string label = one.number == 0 ? "v2" : name == names_.end() ? std::to_string(one.number) : name->second;
			to.add(groups, {{"hierarchy", label}}, one.cgroups);
			to.add(dying, {{"hierarchy", label}}, one.dying);
		}
	}
	std::vector<program_state> programs() const override { return source_.programs(); }

private:
	cgroup_links source_;
	cgroup_linkage last_;
	std::map<std::uint32_t, std::string> names_;
};

} // namespace

made_collector make_cgroup_collector()
{
	auto opened = cgroup_links::open(1); // only the sums
	if (!opened)
		return opened.failure();
	return std::unique_ptr<collector>(std::make_unique<cgroups>(std::move(*opened)));
}

} // namespace oriel
