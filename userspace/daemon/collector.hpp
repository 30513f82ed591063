// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "program_state.hpp"
#include "recording.hpp"
#include "series.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace oriel {

// One thing that orield collects. It is made when collecting begins, and goes when it ends.
class collector {
public:
	virtual ~collector() = default;

	virtual const char *name() const = 0;
	// Takes what was counted since the last time.
	virtual result<std::monostate> observe() = 0;
	// The metrics as of the last observation.
	virtual void write(series_set &to) const = 0;
	// What a recording should say of it.
	virtual recording_facts facts() const { return {}; }
	// The part of a recording that it fills; null if none.
	virtual const recording_part *part() const { return nullptr; }
	// Into the sample that has begun, for all of which there are so many bytes: the last observation. What counts least is added up where
	// there is not enough room for each.
	virtual result<std::monostate> write(recording_writer &, std::uint64_t /*bytes*/) { return std::monostate{}; }
	virtual std::vector<program_state> programs() const { return {}; }
	// Since it was made, by reason: what its programs could not keep, as a table was full.
	virtual std::map<std::string, std::uint64_t> refused() const { return {}; }
	// One sentence for each thing that is not seen on this kernel.
	virtual std::vector<std::string> unseen() const { return {}; }
	// Whether its programs run at events, so that it costs even when nobody looks.
	virtual bool costs_always() const { return false; }
};

using made_collector = result<std::unique_ptr<collector>>;

struct vma_choice {
	bool policies;
	bool processes; // a row for each in the recording, else for each control group
};
made_collector make_vma_collector(const vma_choice &choice);
made_collector make_lock_collector();
made_collector make_cgroup_collector();
made_collector make_marker_collector();
made_collector make_module_collector();

} // namespace oriel
