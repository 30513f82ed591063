// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"

#include <cgroup_links.h>
#include <string>
#include <vector>

namespace oriel {

// All css_sets and links of the kernel at one moment. What a set refers to by `set` is its address: it is compared only.
struct cgroup_linkage {
	oriel_cgroup_totals totals{};
	std::vector<oriel_cgroup_set> sets;   // most tasks first; may be fewer than `totals` counts
	std::vector<oriel_cgroup_link> links; // in the order of their sets
	unsigned tries = 0;                   // reading was begun again when css_sets went meanwhile

	bool is_whole() const { return sets.size() == totals.sets && links.size() == totals.links; }
	std::uint64_t bytes() const;
	// Of one hierarchy, by its number; right where all links are there.
	std::size_t links_in(std::uint32_t hierarchy) const;
};

// What one control group has.
struct cgroup_links_row {
	oriel_cgroup_link group; // `set` means nothing
	std::uint32_t sets = 0;
	std::uint32_t tasks = 0; // of these sets; not those of groups below
};

// One row for each control group that has a link, by hierarchy, most tasks first.
std::vector<cgroup_links_row> by_cgroup(const cgroup_linkage &linkage);

// The controllers and the name of each hierarchy, by its number, as /proc/self/cgroup has them: "cpu,cpuacct" or "name=systemd"; the unified
// one has none. Lines that cannot be read are left out.
std::map<std::uint32_t, std::string> hierarchy_names(std::string_view proc_self_cgroup);

// Reads css_sets by a BPF iterator (ebpf/cgroup_links.bpf.c), which runs when it is read and costs nothing else.
class cgroup_links {
public:
	// `rows`: room for so many sets, and four times as many links; beyond it is only counted. `process`: the one that set_of() tells of.
	// Fails with unsupported on kernels before 6.1, which have no iterator over control groups.
	static result<cgroup_links> open(std::uint32_t rows, pid_t process = 0);
	// The same with room for all.
	static result<cgroup_links> open_for_all(pid_t process = 0);

	cgroup_links(cgroup_links &&) = default;

	// Exact: fails where css_sets went while each of many tries ran.
	result<cgroup_linkage> read() const;
	// The sets of the process's threads.
	result<std::vector<oriel_cgroup_task>> tasks() const;
	std::vector<program_state> programs() const { return programs_.states(); }

private:
	explicit cgroup_links(bpf_programs programs, std::uint32_t rows) : programs_(std::move(programs)), rows_(rows) {}

	bpf_programs programs_;
	std::uint32_t rows_;
};

} // namespace oriel
