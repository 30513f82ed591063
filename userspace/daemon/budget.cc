// SPDX-License-Identifier: GPL-2.0
#include "budget.hpp"

#include <algorithm>

namespace oriel {

const char *to_string(sacrifice one)
{
	switch (one) {
	case sacrifice::policies:
		return "the simulation of caches";
	case sacrifice::pace:
		return "the usual interval: it is three times as long";
	case sacrifice::processes:
		return "recording each process";
	case sacrifice::programs:
		return "BPF programs that run at events: they are detached";
	}
	return "";
}

budget::change budget::observe(double share_percent)
{
	if (share_percent > percent_) {
		calm_ = 0;
		if (given_up_ == possible_.size())
			return change::none;
		last_ = possible_[given_up_++];
		return change::gave_up;
	}
	if (share_percent > percent_ / 2 || given_up_ == 0) {
		calm_ = 0;
		return change::none;
	}
	if (++calm_ < patience_)
		return change::none;
	calm_ = 0;
	patience_ = std::min(patience_ * 2, most_patience);
	last_ = possible_[--given_up_];
	return change::took_back;
}

bool budget::has_given_up(sacrifice one) const
{
	const auto end = possible_.begin() + static_cast<std::ptrdiff_t>(given_up_);
	return std::find(possible_.begin(), end, one) != end;
}

} // namespace oriel
