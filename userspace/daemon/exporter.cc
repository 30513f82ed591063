// SPDX-License-Identifier: GPL-2.0
#include "exporter.hpp"

#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>

namespace oriel {
namespace {

class last_set final : public prometheus::Collectable {
public:
	std::vector<prometheus::MetricFamily> Collect() const override
	{
		const std::lock_guard guard(mutex_);
		return families_;
	}
	void set(std::vector<prometheus::MetricFamily> families)
	{
		const std::lock_guard guard(mutex_);
		families_.swap(families);
	}

private:
	mutable std::mutex mutex_;
	std::vector<prometheus::MetricFamily> families_;
};

} // namespace

struct exporter::state {
	std::shared_ptr<last_set> families = std::make_shared<last_set>();
	prometheus::Exposer server;

	// A request must come within five seconds.
	explicit state(const std::string &listen)
	    : server(std::vector<std::string>{"listening_ports", listen, "num_threads", "4", "request_timeout_ms", "5000",
					      "enable_keep_alive", "no"})
	{
		server.RegisterCollectable(families);
	}
};

exporter::exporter(std::unique_ptr<state> made) : state_(std::move(made)) {}
exporter::exporter(exporter &&) noexcept = default;
exporter &exporter::operator=(exporter &&) noexcept = default;
exporter::~exporter() = default;

result<exporter> exporter::open(const std::string &listen)
{
	try {
		return exporter(std::make_unique<state>(listen));
	} catch (const std::exception &) { // it says no more than that it could not
		return error{fmt::format("metrics cannot be served at {}, the setting exporter.listen", listen),
			     "name an address of this machine (ip address) and a port that is not taken (ss -ltnp)"};
	}
}

void exporter::set(std::vector<prometheus::MetricFamily> families)
{
	state_->families->set(std::move(families));
}

} // namespace oriel
