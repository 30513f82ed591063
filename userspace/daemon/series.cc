// SPDX-License-Identifier: GPL-2.0
#include "series.hpp"

#include <algorithm>

namespace oriel {
namespace {

constexpr const char *other = "other";

// Labels are UTF-8; names of the kernel may be anything.
std::string as_label(const std::string &text)
{
	std::string clean;
	for (const char c : text)
		clean += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
	return clean;
}

} // namespace

void series_set::add(const metric &what, const series_labels &labels, double value)
{
	if (size_ == limit_) {
		left_out_++;
		return;
	}
	size_++;
	prometheus::MetricFamily &family = families_[what.name];
	family.name = what.name;
	family.help = what.help;
	family.type = what.type;
	prometheus::ClientMetric &one = family.metric.emplace_back();
	for (const auto &[name, text] : labels)
		one.label.push_back({name, as_label(text)});
	(what.type == prometheus::MetricType::Counter ? one.counter.value : one.gauge.value) = value;
}

std::vector<prometheus::MetricFamily> series_set::take() const
{
	std::vector<prometheus::MetricFamily> list;
	for (const auto &[name, family] : families_)
		list.push_back(family);
	return list;
}

counter_table::counter_table(std::string label, std::vector<metric> metrics, std::size_t room, unsigned idle)
    : label_(std::move(label)), metrics_(std::move(metrics)), room_(std::max<std::size_t>(room / metrics_.size(), 1) - 1), idle_(idle),
      other_(metrics_.size())
{
}

void counter_table::add(const std::string &called, const std::vector<double> &counted)
{
	const std::string thing = as_label(called); // two that look the same are one series
	auto found = rows_.find(thing);
	if (found == rows_.end() && thing != other && rows_.size() < room_)
		found = rows_.emplace(thing, row{std::vector<double>(metrics_.size()), 0}).first;
	std::vector<double> &sums = found == rows_.end() ? other_ : found->second.sums;
	for (std::size_t i = 0; i < sums.size(); i++)
		sums[i] += counted[i];
	const bool any = std::any_of(counted.begin(), counted.end(), [](double count) { return count != 0; });
	if (found != rows_.end() && any)
		found->second.idle = 0;
}

void counter_table::end_observation()
{
	for (auto &[thing, row] : rows_)
		row.idle++;
	std::erase_if(rows_, [this](const auto &item) { return item.second.idle > idle_; });
}

void counter_table::write(series_set &to) const
{
	for (std::size_t i = 0; i < metrics_.size(); i++) {
		for (const auto &[thing, row] : rows_)
			to.add(metrics_[i], {{label_, thing}}, row.sums[i]);
		to.add(metrics_[i], {{label_, other}}, other_[i]);
	}
}

} // namespace oriel
