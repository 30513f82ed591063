// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace oriel {

// What the daemon gives up, one after the other, when it takes more of a processor than it may.
enum class sacrifice {
	policies,  // the simulation of caches
	pace,      // three times the interval
	processes, // rows for each process in the recording
	programs,  // BPF programs that run at events are detached
};

const char *to_string(sacrifice one);

// Decides on sacrifices from the share of a processor that was measured. One interval above the budget costs one more; six in a row below
// half of it bring the last one back, for the next one twice as many are asked for, up to 384: what is dear all the time is not tried often.
class budget {
public:
	budget(double percent, std::vector<sacrifice> possible) : percent_(percent), possible_(std::move(possible)) {}

	enum class change { none, gave_up, took_back };
	change observe(double share_percent);

	bool has_given_up(sacrifice one) const;
	// The one that was given up last, or taken back just now.
	sacrifice last() const { return last_; }
	std::size_t steps() const { return given_up_; }
	double percent() const { return percent_; }

private:
	static constexpr unsigned usual_patience = 6;
	static constexpr unsigned most_patience = 384;

	double percent_;
	std::vector<sacrifice> possible_;
	std::size_t given_up_ = 0; // the first so many of possible_
	sacrifice last_ = sacrifice::policies;
	unsigned calm_ = 0; // intervals
	unsigned patience_ = usual_patience;
};

} // namespace oriel
