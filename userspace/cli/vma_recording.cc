// SPDX-License-Identifier: GPL-2.0
#include "vma_recording.hpp"

#include <utility>

namespace oriel {

using namespace std::chrono;

namespace {

std::uint64_t now_ns()
{
	return static_cast<std::uint64_t>(duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace

result<vma_recording> vma_recording::create(const std::string &path, const recording_facts &facts)
{
	auto writer = recording_writer::create(path);
	if (!writer)
		return writer.failure();
	if (const auto set = writer->set_facts(facts); !set)
		return set.failure();
	if (const auto added = writer->add_part(vma_recording_part()); !added)
		return added.failure();
	return vma_recording(std::move(*writer));
}

void vma_recording::begin()
{
	began_ = steady_clock::now();
	begin_ns_ = now_ns();
}

result<std::monostate> vma_recording::add(const vma_snapshot &counted, const vma_collector &collector)
{
	pending_.add(counted);
	// What happens while we write belongs to the next sample.
	const auto began = std::exchange(began_, steady_clock::now());
	const auto begin_ns = std::exchange(begin_ns_, now_ns());
	if (const auto written = write(begin_ns, began_ - began, collector); !written) {
		writer_.drop_sample();
		began_ = began;
		begin_ns_ = begin_ns;
		return written.failure();
	}
	pending_ = {};
	return std::monostate{};
}

result<std::monostate> vma_recording::add_modules(const module_states &modules)
{
	if (const auto added = writer_.add_part(module_recording_part()); !added)
		return added.failure();
	return write_modules(writer_, modules);
}

result<std::monostate> vma_recording::write(std::uint64_t begin_ns, nanoseconds length, const vma_collector &collector)
{
	const recording_facts facts{{"has_real_cache", collector.has_real_cache() ? "1" : "0"}};
	if (const auto set = writer_.set_facts(facts); !set)
		return set.failure();
	if (const auto set = writer_.set_programs(vma_recording_part(), collector.programs(), collector.unseen()); !set)
		return set.failure();
	if (const auto begun = writer_.begin_sample(begin_ns, static_cast<std::uint64_t>(length.count())); !begun)
		return begun.failure();
	if (const auto written = write_vma(writer_, pending_, cgroup_tree::read()); !written)
		return written.failure();
	return writer_.commit();
}

} // namespace oriel
