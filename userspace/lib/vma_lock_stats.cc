// SPDX-License-Identifier: GPL-2.0
#include "vma_lock_stats.hpp"

#include "file_read.hpp"

#include <charconv>
#include <map>
#include <sstream>

namespace oriel {

std::optional<vma_lock_stats> vma_lock_stats::parse(const std::string &vmstat)
{
	vma_lock_stats stats{};
	std::map<std::string, std::uint64_t *> wanted{{"vma_lock_success", &stats.success},
						      {"vma_lock_abort", &stats.abort},
						      {"vma_lock_retry", &stats.retry},
						      {"vma_lock_miss", &stats.miss}};
	std::istringstream lines(vmstat);
	for (std::string name, number; lines >> name >> number;) {
		const auto found = wanted.find(name);
		if (found == wanted.end())
			continue;
		const char *end = number.data() + number.size();
		if (const auto [at, failed] = std::from_chars(number.data(), end, *found->second); failed != std::errc() || at != end)
			return std::nullopt;
		wanted.erase(found);
	}
	if (!wanted.empty())
		return std::nullopt;
	return stats;
}

std::optional<vma_lock_stats> vma_lock_stats::read()
{
	return parse(read_text("/proc/vmstat").value_or(""));
}

vma_lock_stats vma_lock_stats::since(const vma_lock_stats &before) const
{
	return {success - before.success, abort - before.abort, retry - before.retry, miss - before.miss};
}

} // namespace oriel
