// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"

#include <array>
#include <functional>
#include <vma_cache.h>

namespace oriel {

// The caches that are simulated, by their names in JSON and in words; in the order of enum oriel_vma_policy.
struct vma_policy_name {
	const char *name;
	const char *words;
};
extern const std::array<vma_policy_name, oriel_vma_policies> vma_policy_names;

struct vma_request {
	pid_t process = 0;              // only this one and what it starts; 0: everybody
	std::uint64_t cgroup = 0;       // only what runs in this one or below; 0: everybody
	std::uint32_t cgroup_level = 0; // how deep it lies; the root is 0
	bool policies = false;          // simulate caches, which costs more
	bool stream = false;            // hand on what the simulation sees
};

struct vma_snapshot {
	std::vector<oriel_vma_row> threads; // each that lives
	std::vector<oriel_vma_row> ended;   // for each process, its threads that have ended
	std::array<std::uint64_t, oriel_vma_refusals> refused{};

	// One row for each process, with all its threads; most lookups and faults first.
	std::vector<oriel_vma_row> by_process() const;
	// The same for each control group; of a row only the group and the counters count.
	std::vector<oriel_vma_row> by_cgroup() const;
	oriel_vma_counters sum() const;
	std::uint64_t all_refused() const;
};

void add(oriel_vma_counters &to, const oriel_vma_counters &from);

// Counts page faults and lookups of VMAs by BPF programs (ebpf/vma_cache.bpf.c) while it lives.
class vma_collector {
public:
	static result<vma_collector> start(const vma_request &request);

	vma_collector(vma_collector &&) noexcept;
	~vma_collector();

	// Everything since the start.
	result<vma_snapshot> read() const;
	std::vector<program_state> programs() const { return programs_.states(); }
	// With `stream`: readable when there is something to pump(), which hands on what has come since.
	int descriptor() const;
	void pump(const std::function<void(const oriel_vma_record &)> &visit) const;
	// One sentence for each kind of lookup that the programs do not see on this kernel.
	std::vector<std::string> unseen() const;
	// Whether the kernel itself has the cache of 2014, so that the simulation can be compared with it.
	bool has_real_cache() const { return has_real_cache_; }

private:
	struct stream_state; // at a fixed address, for libbpf's callback

	vma_collector(bpf_programs programs, bool has_real_cache);
	result<std::monostate> open_stream();

	bpf_programs programs_;
	bool has_real_cache_;
	std::unique_ptr<stream_state> stream_;
};

} // namespace oriel
