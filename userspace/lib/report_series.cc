// SPDX-License-Identifier: GPL-2.0
#include "report_series.hpp"

#include <fmt/format.h>

namespace oriel {
namespace {

// SUM() would fail where a number of a file that is not true is too large; this stops at the largest.
std::string sum_of(const std::string &column)
{
	return "CAST(TOTAL(" + column + ") AS INTEGER)";
}

std::vector<std::string> sums_of(std::vector<std::string> columns)
{
	for (std::string &column : columns)
		column = sum_of(column);
	return columns;
}

} // namespace

result<std::map<std::uint64_t, oriel_vma_counters>> sum_vma_by_sample(recording_reader &reader)
{
	auto rows = reader.prepare(fmt::format("SELECT sample, {} FROM vma GROUP BY sample", fmt::join(sums_of(vma_number_names()), ", ")));
	if (!rows)
		return rows.failure();
	std::map<std::uint64_t, oriel_vma_counters> sums;
	const auto all = rows->each([&] {
		std::array<__u64, vma_number_count> numbers;
		for (std::size_t i = 0; i < numbers.size(); i++)
			numbers[i] = rows->number(static_cast<int>(i + 1));
		sums[rows->number(0)] = from_numbers(numbers);
	});
	if (!all)
		return all.failure();
	return sums;
}

result<std::map<std::uint64_t, lock_class_times>> sum_lock_by_sample(recording_reader &reader)
{
	auto rows = reader.prepare("SELECT lock.sample, word.text, " + sum_of("lock.total_ns") +
				   " FROM lock JOIN word ON word.number = lock.class "
				   "GROUP BY lock.sample, lock.class");
	if (!rows)
		return rows.failure();
	std::map<std::uint64_t, lock_class_times> sums;
	if (const auto all = rows->each([&] { sums[rows->number(0)][rows->text(1)] += rows->number(2); }); !all)
		return all.failure();
	return sums;
}

void add(lock_class_times &to, const lock_class_times &from)
{
	for (const auto &[lock_class, ns] : from)
		to[lock_class] += ns;
}

} // namespace oriel
