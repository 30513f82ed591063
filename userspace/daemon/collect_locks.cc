// SPDX-License-Identifier: GPL-2.0
#include "collector.hpp"
#include "lock_collector.hpp"
#include "recording_lock.hpp"

#include <array>
#include <map>
#include <numeric>

namespace oriel {
namespace {

using prometheus::MetricType;

const metric waits{"oriel_lock_waits_total", "Waits for locks that somebody else held.", MetricType::Counter};
const metric seconds{"oriel_lock_wait_seconds_total", "Time spent waiting for locks.", MetricType::Counter};
const metric longest{"oriel_lock_wait_max_seconds", "The longest wait since collecting began.", MetricType::Gauge};
const metric refused_total{"oriel_lock_refused_total", "Times a wait, or a part of what is told of it, could not be kept.",
			   MetricType::Counter};

constexpr std::size_t row_bytes = 160; // in a recording, of many waits

class locks final : public collector {
public:
	explicit locks(lock_collector source) : source_(std::move(source)) {}

	const char *name() const override { return "locks"; }
	result<std::monostate> observe() override
	{
		auto taken = source_.take();
		if (!taken)
			return taken.failure();
		last_ = std::move(*taken);
		for (const lock_row &row : last_.gather([](const lock_row &row) { return row.lock_class; }))
			add(classes_[row.lock_class], row.counters);
		for (std::size_t i = 0; i < refused_.size(); i++)
			refused_[i] += last_.refused[i];
		return std::monostate{};
	}
	void write(series_set &to) const override
	{
		for (const auto &[lock_class, counters] : classes_) {
			to.add(waits, {{"class", lock_class}}, double(counters.waits));
			to.add(seconds, {{"class", lock_class}}, double(counters.total_ns) / 1e9);
			to.add(longest, {{"class", lock_class}}, double(counters.max_ns) / 1e9);
		}
		to.add(refused_total, {}, double(std::accumulate(refused_.begin(), refused_.end(), std::uint64_t{0})));
	}
	const recording_part *part() const override { return &lock_recording_part(); }
	result<std::monostate> write(recording_writer &to, std::uint64_t bytes) override
	{
		return write_lock(to, last_.at_most(bytes / 4 / row_bytes), cgroup_tree::read());
	}
	std::vector<program_state> programs() const override { return source_.programs(); }
	std::map<std::string, std::uint64_t> refused() const override
	{
		std::map<std::string, std::uint64_t> counts;
		for (std::size_t i = 0; i < refused_.size(); i++)
			counts[lock_refusal_names[i]] = refused_[i];
		return counts;
	}
	std::vector<std::string> unseen() const override { return source_.unseen(); }
	bool costs_always() const override { return true; }

private:
	lock_collector source_;
	lock_snapshot last_;
	std::map<std::string, oriel_lock_counters> classes_; // since the start
	std::array<std::uint64_t, oriel_lock_refusals> refused_{};
};

} // namespace

made_collector make_lock_collector()
{
	auto started = lock_collector::start({});
	if (!started)
		return started.failure();
	return std::unique_ptr<collector>(std::make_unique<locks>(std::move(*started)));
}

} // namespace oriel
