// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"
#include "counted_whom.hpp"
#include "vma_snapshot.hpp"

#include <array>
#include <functional>
#include <map>

namespace oriel {

struct vma_request : counted_whom {
	bool policies = false;            // simulate caches, which costs more
	bool stream = false;              // hand on what the simulation sees
	bool by_thread = false;           // keep apart the threads that have ended
	std::uint32_t table_size = 16384; // address spaces, and threads or processes that end between two take()s
};

// Counts page faults and lookups of VMAs by BPF programs (ebpf/vma_cache.bpf.c) while it lives.
class vma_collector {
public:
	static result<vma_collector> start(const vma_request &request);

	vma_collector(vma_collector &&) noexcept;
	~vma_collector();

	// What was counted since the start, or since the last take(). What this keeps of it grows with the threads that live, and not with those
	// that have ended.
	result<vma_snapshot> take();
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

	vma_collector(bpf_programs programs, bool has_real_cache, bool by_thread);
	result<std::monostate> open_stream();
	std::map<std::string, program_state> programs_by_name() const;
	result<std::monostate> check_attached() const; // any that counts
	result<std::vector<oriel_vma_row>> take_ended() const;

	bpf_programs programs_;
	bool has_real_cache_;
	bool by_thread_;
	std::uint64_t round_ = 1;
	std::map<std::uint64_t, oriel_vma_row> before_; // threads that lived at the last take(), by id
	std::array<std::uint64_t, oriel_vma_refusals> refused_before_{};
	std::unique_ptr<stream_state> stream_;
};

} // namespace oriel
