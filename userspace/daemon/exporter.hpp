// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <memory>
#include <prometheus/metric_family.h>
#include <string>
#include <vector>

namespace oriel {

// Serves metrics to Prometheus over HTTP at /metrics, in threads of its own: a scraper that hangs holds up nobody else. What it serves is
// what was set last.
class exporter {
public:
	// `listen`: ADDRESS:PORT.
	static result<exporter> open(const std::string &listen);
	exporter(exporter &&) noexcept;
	exporter &operator=(exporter &&) noexcept;
	~exporter();

	void set(std::vector<prometheus::MetricFamily> families);
	// Series that the library adds by itself.
	static constexpr std::size_t own_series = 8;

private:
	struct state;
	explicit exporter(std::unique_ptr<state> made);

	std::unique_ptr<state> state_;
};

} // namespace oriel
