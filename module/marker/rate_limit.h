/* SPDX-License-Identifier: GPL-2.0 */
/*
 * At most so many per second, counted in whole seconds from the first: around the edge of two seconds up to twice as many may pass.
 * Lock-free and NMI-safe.  Concurrency: near an edge a few more may pass, never fewer.
 */
#pragma once

#include <atomic>

#include "kcore/types.h"

namespace oriel {

class rate_limit {
public:
	/* 0: no limit. */
	explicit rate_limit(u32 per_second) : per_second_(per_second) {}

	bool limited() const { return per_second_ != 0; }

	/* `now_ns`: a monotonic clock; not looked at without a limit. */
	bool admits(u64 now_ns)
	{
		constexpr u64 second_ns = 1'000'000'000;
		if (!per_second_)
			return true;
		u64 start = start_ns_.load(std::memory_order_relaxed);
		if (now_ns - start >= second_ns && start_ns_.compare_exchange_strong(start, now_ns, std::memory_order_relaxed))
			count_.store(0, std::memory_order_relaxed);
		return count_.fetch_add(1, std::memory_order_relaxed) < per_second_;
	}

private:
	u32 per_second_;
	std::atomic<u64> start_ns_{0};
	std::atomic<u64> count_{0};
};

} // namespace oriel
