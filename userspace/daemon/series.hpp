// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <map>
#include <prometheus/metric_family.h>
#include <string>
#include <vector>

namespace oriel {

using series_labels = std::vector<std::pair<std::string, std::string>>;

// What a metric is called and means. Names and units as Prometheus wants them: oriel_..._total for counters, seconds, bytes.
struct metric {
	const char *name;
	const char *help;
	prometheus::MetricType type;
};

// The series of one scrape, at most so many; what comes when there is no more room is left out and counted.
class series_set {
public:
	explicit series_set(std::size_t limit) : limit_(limit) {}

	void add(const metric &what, const series_labels &labels, double value);
	std::size_t size() const { return size_; }
	std::size_t left_out() const { return left_out_; }
	std::vector<prometheus::MetricFamily> take() const;

private:
	std::size_t limit_;
	std::size_t size_ = 0;
	std::size_t left_out_ = 0;
	std::map<std::string, prometheus::MetricFamily> families_;
};

// Counters of things that come and go, control groups and markers: each has a series for each metric as long as there is room. What those
// count that find none is added to "other", so a series never falls. One that counts nothing for `idle` observations goes.
class counter_table {
public:
	// `room`: series in all, with those of "other".
	counter_table(std::string label, std::vector<metric> metrics, std::size_t room, unsigned idle);

	// What a thing counted since the last time, in the order of the metrics.
	void add(const std::string &thing, const std::vector<double> &counted);
	// After all were added: lets the idle go.
	void end_observation();
	void write(series_set &to) const;
	std::size_t things() const { return rows_.size(); }

private:
	struct row {
		std::vector<double> sums;
		unsigned idle = 0; // observations without a count
	};

	std::string label_;
	std::vector<metric> metrics_;
	std::size_t room_; // things, without "other"
	unsigned idle_;
	std::map<std::string, row> rows_;
	std::vector<double> other_;
};

} // namespace oriel
