// SPDX-License-Identifier: GPL-2.0
#include "collector.hpp"
#include "recording_vma.hpp"
#include "vma_collector.hpp"

namespace oriel {
namespace {

using prometheus::MetricType;

constexpr std::size_t room = 900;      // series for control groups
constexpr unsigned idle = 60;          // observations
constexpr std::size_t row_bytes = 110; // in a recording, of a process that does all it can

const std::vector<metric> of_cgroups{
	{"oriel_vma_page_faults_total", "Page faults of a control group's tasks.", MetricType::Counter},
	{"oriel_vma_major_faults_total", "Page faults that had to wait for a disk.", MetricType::Counter},
	{"oriel_vma_retried_faults_total", "Page faults that gave up mmap_lock to be tried again.", MetricType::Counter},
	{"oriel_vma_lookups_total", "Lookups of mappings that were seen.", MetricType::Counter},
	{"oriel_vma_lock_taken_total", "Page faults that locked their mapping alone.", MetricType::Counter},
	{"oriel_vma_lock_missed_total", "Page faults that fell back to mmap_lock.", MetricType::Counter},
};
const metric policy_hits{"oriel_vma_policy_hits_total", "Lookups that a simulated cache would have answered.", MetricType::Counter};
const metric policy_lookups{"oriel_vma_policy_lookups_total", "Lookups that the simulated caches were asked.", MetricType::Counter};
const metric refused_total{"oriel_vma_refused_total", "Times there was no room to count.", MetricType::Counter};

class vma final : public collector {
public:
	vma(vma_collector source, const vma_choice &choice)
	    : source_(std::move(source)), choice_(choice), cgroups_("cgroup", of_cgroups, room, idle)
	{
	}

	const char *name() const override { return "vma"; }
	result<std::monostate> observe() override;
	void write(series_set &to) const override;
	recording_facts facts() const override
	{
		return {{"policies", choice_.policies ? "1" : "0"}, {"has_real_cache", source_.has_real_cache() ? "1" : "0"}};
	}
	const recording_part *part() const override { return &vma_recording_part(); }
	result<std::monostate> write(recording_writer &to, std::uint64_t bytes) override;
	std::vector<program_state> programs() const override { return source_.programs(); }
	std::map<std::string, std::uint64_t> refused() const override
	{
		std::map<std::string, std::uint64_t> counts;
		for (std::size_t i = 0; i < refused_.size(); i++)
			counts[vma_refusal_names[i].name] = refused_[i];
		return counts;
	}
	std::vector<std::string> unseen() const override { return source_.unseen(); }
	bool costs_always() const override { return true; }

private:
	vma_collector source_;
	vma_choice choice_;
	counter_table cgroups_;
	vma_snapshot last_;
	cgroup_tree tree_;
	oriel_vma_counters sum_{};
	std::array<std::uint64_t, oriel_vma_refusals> refused_{};
};

result<std::monostate> vma::observe()
{
	auto taken = source_.take();
	if (!taken)
		return taken.failure();
	last_ = std::move(*taken);
	tree_ = cgroup_tree::read();
	for (const oriel_vma_row &row : last_.by_cgroup()) {
		const oriel_vma_counters &c = row.counters;
		const std::string path = tree_.path_of(row.cgroup);
		cgroups_.add(path.empty() ? "removed" : path, {double(c.faults), double(c.faults_major), double(c.faults_retried),
							       double(c.lookups), double(c.vma_lock_taken), double(c.vma_lock_missed)});
	}
	cgroups_.end_observation();
	add(sum_, last_.sum());
	for (std::size_t i = 0; i < refused_.size(); i++)
		refused_[i] += last_.refused[i];
	return std::monostate{};
}

void vma::write(series_set &to) const
{
	for (std::size_t i = 0; i < refused_.size(); i++)
		to.add(refused_total, {{"reason", vma_refusal_names[i].name}}, double(refused_[i]));
	if (choice_.policies) {
		to.add(policy_lookups, {}, double(simulated(sum_)));
		for (std::size_t i = 0; i < vma_policy_names.size(); i++)
			to.add(policy_hits, {{"policy", vma_policy_names[i].name}}, double(sum_.hits[i]));
	}
	cgroups_.write(to);
}

result<std::monostate> vma::write(recording_writer &to, std::uint64_t bytes)
{
	const std::size_t rows = bytes / 4 * 3 / row_bytes; // a quarter is for locks
	return write_vma(to, choice_.processes ? last_.at_most(rows) : last_.cgroups_at_most(rows), tree_);
}

} // namespace

made_collector make_vma_collector(const vma_choice &choice)
{
	vma_request request;
	request.policies = choice.policies;
	auto started = vma_collector::start(request);
	if (!started)
		return started.failure();
	return std::unique_ptr<collector>(std::make_unique<vma>(std::move(*started), choice));
}

} // namespace oriel
