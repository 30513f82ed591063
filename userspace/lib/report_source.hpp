// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "recording_lock.hpp"
#include "recording_module.hpp"
#include "recording_vma.hpp"
#include "report_series.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// What a report is made from: what recordings hold.
namespace oriel {

// What was counted in some samples that follow each other.
template <class Counters>
struct report_moment {
	double begin_s; // since the begin of the recording, without the gaps between samples
	double length_s;
	Counters counters;
};

struct report_part {
	double seconds = 0;
	std::vector<std::string> unseen;
	std::vector<program_state> programs;
};

struct report_vma : report_part {
	vma_snapshot counted;
	cgroup_tree cgroups;
	bool policies = false;
	bool has_real_cache = false;
	std::vector<report_moment<oriel_vma_counters>> moments;
};

struct report_lock : report_part {
	lock_snapshot counted;
	cgroup_tree cgroups;
	std::vector<report_moment<lock_class_times>> moments;
};

struct report_recording {
	std::string path;
	recording_facts facts;
	std::uint64_t begin_ns = 0; // CLOCK_REALTIME
	double seconds = 0;
	std::size_t samples = 0;
	std::vector<std::string> parts;

	std::string fact(const std::string &name) const; // empty: none
};

// What is told as one, or is one of two that are compared.
struct report_side {
	std::vector<report_recording> recordings;
	std::optional<report_vma> vma;
	std::optional<report_lock> lock;
	std::optional<module_states> modules;
};

// One side, or two where a part is in two recordings; each recording goes to the first side that lacks its parts. A recording without a part,
// or a third one with the same, is an error.
// Only the last samples of each, as many as together last `last`; 0: all.
result<std::vector<report_side>> read_report_sides(const std::vector<std::string> &paths, std::chrono::nanoseconds last = {});

} // namespace oriel
