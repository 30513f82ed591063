// SPDX-License-Identifier: GPL-2.0
#include "vma_snapshot.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

namespace oriel {
namespace {

using row_key = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>;

row_key key_of(const oriel_vma_row &row)
{
	return {row.process.start_ns, row.process.tgid, row.process.tid};
}

void add_rows(std::vector<oriel_vma_row> &to, const std::vector<oriel_vma_row> &from)
{
	std::map<row_key, std::size_t> places;
	for (std::size_t i = 0; i < to.size(); i++)
		places[key_of(to[i])] = i;
	for (const oriel_vma_row &row : from) {
		const auto [at, is_new] = places.try_emplace(key_of(row), to.size());
		if (is_new) {
			to.push_back(row);
			continue;
		}
		oriel_vma_counters sum = to[at->second].counters;
		add(sum, row.counters);
		to[at->second] = row;
		to[at->second].counters = sum;
	}
}

// One row for each key, with the counters of all that have it; the busiest first.
template <class Key>
std::vector<oriel_vma_row> gather(const vma_snapshot &from, Key key_of)
{
	std::map<std::pair<std::uint64_t, std::uint64_t>, oriel_vma_row> sums;
	for (const auto *rows : {&from.threads, &from.ended}) {
		for (const oriel_vma_row &row : *rows) {
			const auto [at, is_new] = sums.try_emplace(key_of(row), row);
			if (!is_new)
				add(at->second.counters, row.counters);
		}
	}
	std::vector<oriel_vma_row> list;
	for (const auto &[key, row] : sums)
		list.push_back(row);
	std::stable_sort(list.begin(), list.end(), [](const oriel_vma_row &a, const oriel_vma_row &b) {
		return a.counters.lookups + a.counters.faults > b.counters.lookups + b.counters.faults;
	});
	return list;
}

// Of no process.
oriel_vma_row as_others(oriel_vma_row row)
{
	row.process = {row.cgroup, 0, 0};
	row.thread_id = 0;
	for (char(*name)[16] : {&row.comm, &row.thread}) {
		std::memset(*name, 0, sizeof(*name));
		std::strcpy(*name, "others");
	}
	return row;
}

} // namespace

void vma_snapshot::add(const vma_snapshot &later)
{
	add_rows(threads, later.threads);
	add_rows(ended, later.ended);
	for (std::size_t i = 0; i < refused.size(); i++)
		refused[i] += later.refused[i];
}

std::vector<oriel_vma_row> vma_snapshot::by_thread() const
{
	return gather(*this, [](const oriel_vma_row &row) {
		return std::pair<std::uint64_t, std::uint64_t>(row.process.start_ns,
							       std::uint64_t{row.process.tgid} << 32 | row.process.tid);
	});
}

std::vector<oriel_vma_row> vma_snapshot::by_process() const
{
	return gather(*this, [](const oriel_vma_row &row) {
		return std::pair<std::uint64_t, std::uint64_t>(row.process.start_ns, row.process.tgid);
	});
}

std::vector<oriel_vma_row> vma_snapshot::by_cgroup() const
{
	return gather(*this, [](const oriel_vma_row &row) { return std::pair<std::uint64_t, std::uint64_t>(row.cgroup, 0); });
}

vma_snapshot vma_snapshot::at_most(std::size_t rows) const
{
	if (threads.size() + ended.size() <= rows)
		return *this;
	vma_snapshot kept;
	kept.refused = refused;
	kept.ended = by_process();
	for (oriel_vma_row &row : kept.ended)
		row.process.tid = 0;
	if (kept.ended.size() <= rows)
		return kept;
	vma_snapshot least;
	const auto named = kept.ended.begin() + static_cast<std::ptrdiff_t>(rows / 2);
	least.ended.assign(named, kept.ended.end());
	kept.ended.erase(named, kept.ended.end());
	const auto groups = least.cgroups_at_most(rows - rows / 2).ended;
	kept.ended.insert(kept.ended.end(), groups.begin(), groups.end());
	return kept;
}

vma_snapshot vma_snapshot::cgroups_at_most(std::size_t rows) const
{
	vma_snapshot kept;
	kept.refused = refused;
	kept.ended = by_cgroup();
	if (kept.ended.size() > rows) {
		oriel_vma_row rest{};
		const auto first = kept.ended.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rows, 1) - 1);
		for (auto row = first; row != kept.ended.end(); ++row)
			oriel::add(rest.counters, row->counters);
		kept.ended.erase(first, kept.ended.end());
		kept.ended.push_back(rest);
	}
	for (oriel_vma_row &row : kept.ended)
		row = as_others(row);
	return kept;
}

oriel_vma_counters vma_snapshot::sum() const
{
	oriel_vma_counters sum{};
	for (const auto *rows : {&threads, &ended})
		for (const oriel_vma_row &row : *rows)
			oriel::add(sum, row.counters);
	return sum;
}

std::uint64_t vma_snapshot::all_refused() const
{
	std::uint64_t sum = 0;
	for (const std::uint64_t count : refused)
		sum += count;
	return sum;
}

std::vector<oriel_vma_row> ended_since(const std::vector<oriel_vma_row> &ended, const std::vector<oriel_vma_row> &told)
{
	std::vector<oriel_vma_row> sums, before;
	add_rows(sums, ended);
	add_rows(before, told);
	std::map<row_key, const oriel_vma_counters *> places;
	for (const oriel_vma_row &row : before)
		places[key_of(row)] = &row.counters;
	for (oriel_vma_row &row : sums)
		if (const auto at = places.find(key_of(row)); at != places.end())
			subtract(row.counters, *at->second);
	return sums;
}

} // namespace oriel
