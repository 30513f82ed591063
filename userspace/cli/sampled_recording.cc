// SPDX-License-Identifier: GPL-2.0
#include "sampled_recording.hpp"

#include "recording_module.hpp"

#include <utility>

namespace oriel {

using namespace std::chrono;

namespace {

std::uint64_t now_ns()
{
	return static_cast<std::uint64_t>(duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace

result<sampled_recording> sampled_recording::create(const std::string &path, const recording_facts &facts, const recording_part &part)
{
	auto writer = recording_writer::create(path);
	if (!writer)
		return writer.failure();
	if (const auto set = writer->set_facts(facts); !set)
		return set.failure();
	if (const auto added = writer->add_part(part); !added)
		return added.failure();
	return sampled_recording(std::move(*writer), part);
}

void sampled_recording::begin()
{
	began_ = steady_clock::now();
	begin_ns_ = now_ns();
}

result<std::monostate> sampled_recording::add(const state &now, const std::function<result<std::monostate>(recording_writer &)> &fill)
{
	// What happens while we write belongs to the next sample.
	const auto began = std::exchange(began_, steady_clock::now());
	const auto begin_ns = std::exchange(begin_ns_, now_ns());
	if (const auto written = write(begin_ns, began_ - began, now, fill); !written) {
		writer_.drop_sample();
		began_ = began;
		begin_ns_ = begin_ns;
		return written.failure();
	}
	return std::monostate{};
}

result<std::monostate> sampled_recording::add_modules()
{
	if (const auto added = writer_.add_part(module_recording_part()); !added)
		return added.failure();
	return write_modules(writer_, read_module_states());
}

result<std::monostate> sampled_recording::write(std::uint64_t begin_ns, nanoseconds length, const state &now,
						const std::function<result<std::monostate>(recording_writer &)> &fill)
{
	if (const auto set = writer_.set_facts(now.facts); !set)
		return set.failure();
	if (const auto set = writer_.set_programs(*part_, now.programs, now.unseen); !set)
		return set.failure();
	if (const auto begun = writer_.begin_sample(begin_ns, static_cast<std::uint64_t>(length.count())); !begun)
		return begun.failure();
	if (const auto written = fill(writer_); !written)
		return written.failure();
	return writer_.commit();
}

} // namespace oriel
