// SPDX-License-Identifier: GPL-2.0
#include "collector.hpp"
#include "marker_inventory.hpp"

namespace oriel {
namespace {

using prometheus::MetricType;

constexpr std::size_t room = 400; // series
constexpr unsigned idle = 360;    // observations

const std::vector<metric> of_markers{
	{"oriel_marker_hits_total", "Times a marker fired while it was on.", MetricType::Counter},
	{"oriel_marker_filtered_total", "Of these, turned away by a filter.", MetricType::Counter},
	{"oriel_marker_limited_total", "Of these, turned away by a rate limit.", MetricType::Counter},
	{"oriel_marker_lost_total", "Records for which a buffer had no room.", MetricType::Counter},
};
const metric count{"oriel_markers", "Markers of the loaded modules.", MetricType::Gauge};

class markers final : public collector {
public:
	markers() : table_("marker", of_markers, room, idle) {}

	const char *name() const override { return "markers"; }
	result<std::monostate> observe() override;
	void write(series_set &to) const override
	{
		to.add(count, {}, double(before_.size()));
		table_.write(to);
	}

private:
	using counts = std::array<std::uint64_t, 4>;

	counter_table table_;
	std::map<std::string, counts> before_;
};

// oriel.ko may come and go, so it is asked anew each time.
result<std::monostate> markers::observe()
{
	auto client = netlink_client::connect();
	if (!client) {
		if (client.failure().code == exit_code::module_absent) // else it may count on
			before_.clear();
		table_.end_observation();
		return client.failure();
	}
	const auto found = read_inventory(*client);
	if (!found)
		return found.failure();
	std::map<std::string, counts> now;
	for (const marker_message &marker : found->markers) {
		const std::string name = full_name(marker);
		const counts is{marker.hits, marker.filtered, marker.limited, marker.lost};
		const auto old = before_.find(name);
		std::vector<double> counted;
		for (std::size_t i = 0; i < is.size(); i++) // a module that came again counts from 0
			counted.push_back(double(old == before_.end() || old->second[i] > is[i] ? is[i] : is[i] - old->second[i]));
		table_.add(name, counted);
		now[name] = is;
	}
	table_.end_observation();
	before_ = std::move(now);
	return std::monostate{};
}

} // namespace

made_collector make_marker_collector()
{
	return std::unique_ptr<collector>(std::make_unique<markers>());
}

} // namespace oriel
