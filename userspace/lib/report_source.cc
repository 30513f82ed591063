// SPDX-License-Identifier: GPL-2.0
#include "report_source.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

constexpr std::size_t most_sides = 2;
constexpr std::size_t most_moments = 240; // of a chart that is some 1,000 pixels wide
constexpr double ns_of_a_second = 1e9;

// Samples that follow each other become one moment, so that no chart has more than it can show.
template <class Counters>
std::vector<report_moment<Counters>> moments_of(const recording_reader &reader, const std::map<std::uint64_t, Counters> &by_sample)
{
	std::vector<report_moment<Counters>> moments;
	const auto &samples = reader.samples();
	const std::size_t together = (samples.size() + most_moments - 1) / most_moments;
	double at = 0;
	for (std::size_t i = 0; i < samples.size(); i++) {
		if (i % together == 0)
			moments.push_back({at, 0, {}});
		const double length = static_cast<double>(samples[i].length_ns) / ns_of_a_second;
		moments.back().length_s += length;
		at += length;
		if (const auto counted = by_sample.find(samples[i].number); counted != by_sample.end())
			add(moments.back().counters, counted->second);
	}
	return moments;
}

result<report_part> read_part(recording_reader &reader, const recording_part &part)
{
	const auto programs = reader.programs(part);
	const auto unseen = reader.unseen(part);
	if (!programs || !unseen)
		return !programs ? programs.failure() : unseen.failure();
	return report_part{std::chrono::duration<double>(reader.length()).count(), *unseen, *programs};
}

result<report_vma> read_vma_part(recording_reader &reader, const report_recording &recording)
{
	auto part = read_part(reader, vma_recording_part());
	auto read = read_vma(reader);
	const auto by_sample = sum_vma_by_sample(reader);
	if (!part || !read || !by_sample)
		return !part ? part.failure() : !read ? read.failure() : by_sample.failure();
	return report_vma{std::move(*part),
			  std::move(read->counted),
			  std::move(read->cgroups),
			  recording.fact("policies") == "1",
			  recording.fact("has_real_cache") == "1",
			  moments_of(reader, *by_sample)};
}

result<report_lock> read_lock_part(recording_reader &reader)
{
	auto part = read_part(reader, lock_recording_part());
	auto read = read_lock(reader);
	const auto by_sample = sum_lock_by_sample(reader);
	if (!part || !read || !by_sample)
		return !part ? part.failure() : !read ? read.failure() : by_sample.failure();
	return report_lock{std::move(*part), std::move(read->counted), std::move(read->cgroups), moments_of(reader, *by_sample)};
}

// One recording by itself.
result<report_side> read_side(const std::string &path, std::chrono::nanoseconds last)
{
	auto reader = recording_reader::open(path);
	if (!reader)
		return reader.failure();
	if (last.count() > 0)
		reader->keep_last(last);
	report_side side;
	report_recording recording{
		path, reader->facts(), 0, std::chrono::duration<double>(reader->length()).count(), reader->samples().size(), {}};
	if (!reader->samples().empty())
		recording.begin_ns = reader->samples().front().begin_ns;
	const auto has_vma = reader->has(vma_recording_part()), has_lock = reader->has(lock_recording_part());
	if (!has_vma || !has_lock)
		return (!has_vma ? has_vma : has_lock).failure();
	if (*has_vma) {
		auto part = read_vma_part(*reader, recording);
		if (!part)
			return part.failure();
		side.vma = std::move(*part);
		recording.parts.emplace_back("vma");
	}
	if (*has_lock) {
		auto part = read_lock_part(*reader);
		if (!part)
			return part.failure();
		side.lock = std::move(*part);
		recording.parts.emplace_back("lock");
	}
	auto modules = read_modules(*reader);
	if (!modules)
		return modules.failure();
	if (*modules) {
		side.modules = std::move(*modules);
		recording.parts.emplace_back("module");
	}
	if (recording.parts.empty())
		return error{fmt::format("{}: nothing was recorded in it", path),
			     "record again: oriel vma record -o FILE, oriel lock record -o FILE"};
	side.recordings.push_back(std::move(recording));
	return side;
}

bool fits(const report_side &into, const report_side &other)
{
	return !(into.vma && other.vma) && !(into.lock && other.lock);
}

void join(report_side &into, report_side other)
{
	into.recordings.push_back(std::move(other.recordings.front()));
	if (other.vma)
		into.vma = std::move(other.vma);
	if (other.lock)
		into.lock = std::move(other.lock);
	if (into.modules && other.modules)
		into.modules->merge(*other.modules);
	else if (other.modules)
		into.modules = std::move(other.modules);
}

} // namespace

std::string report_recording::fact(const std::string &name) const
{
	const auto found = facts.find(name);
	return found == facts.end() ? "" : found->second;
}

result<std::vector<report_side>> read_report_sides(const std::vector<std::string> &paths, std::chrono::nanoseconds last)
{
	std::vector<report_side> sides;
	for (const std::string &path : paths) {
		auto read = read_side(path, last);
		if (!read)
			return read.failure();
		const auto place = std::find_if(sides.begin(), sides.end(), [&](const report_side &side) { return fits(side, *read); });
		if (place != sides.end())
			join(*place, std::move(*read));
		else if (sides.size() < most_sides)
			sides.push_back(std::move(*read));
		else
			return error{fmt::format("{}: two others hold the same, and no more than two are compared", path), "leave one out",
				     exit_code::usage};
	}
	return sides;
}

} // namespace oriel
