// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bpf_programs.hpp"
#include "counted_whom.hpp"
#include "kernel_symbols.hpp"
#include "lock_snapshot.hpp"
#include "user_stacks.hpp"

#include <array>
#include <locks.h>
#include <map>
#include <optional>
#include <set>

namespace oriel {

struct lock_request : counted_whom {
	std::uint32_t table_size = 16384; // rows, and processes, between two take()s
	bool user_stacks = false;
};

// Counts waits for locks by BPF programs (ebpf/locks.bpf.c) while it lives.
class lock_collector {
public:
	static result<lock_collector> start(const lock_request &request);

	// The waits that have ended since the start, or since the last take(). What this keeps of it grows with the waits that go on, and not
	// with those that have ended.
	result<lock_snapshot> take();
	// With `user_stacks`: readable when pump() is to be called, so that nothing is lost; else -1.
	int descriptor() const { return user_ ? user_->descriptor() : -1; }
	void pump()
	{
		if (user_)
			user_->pump();
	}
	std::vector<program_state> programs() const { return programs_.states(); }
	// One sentence for each kind of wait that is not seen on this kernel.
	std::vector<std::string> unseen() const;

private:
	using frames = std::array<std::uint64_t, ORIEL_LOCK_FRAMES>; // the innermost first; 0 ends them
	using stack_id = std::pair<std::uint32_t, std::int32_t>;     // the round in which the wait began, and the number in its map
	struct name {
		std::string text;
		std::uint32_t used; // the last round that had it
	};

	lock_collector(bpf_programs programs, bool has_paravirtual_spin)
	    : programs_(std::move(programs)), has_paravirtual_spin_(has_paravirtual_spin)
	{
	}

	result<std::monostate> tell_what_is_hooked() const;
	bool is_attached(const std::string &program) const;
	void take_symbols(kernel_symbols symbols, const std::string &modules);
	result<std::monostate> read_symbols();
	std::string name_frames(const frames &of) const;
	void take_stacks(std::uint32_t round);
	const std::string &kernel_stack(stack_id id);
	const std::string &user_stack(std::uint32_t process, stack_id id);
	result<std::monostate> take_names();
	lock_process process_of(const oriel_lock_process &process);
	void take_entries(const std::vector<std::uint64_t> &entered, lock_snapshot &snapshot);
	void forget_the_old(const std::set<stack_id> &stacks_in_use);

	bpf_programs programs_;
	bool has_paravirtual_spin_;
	kernel_symbols symbols_;
	std::string modules_;                             // those that were loaded when the symbols were read
	std::pair<std::uint64_t, std::uint64_t> per_cpu_; // the symbols of what each processor has: the first, and behind the last
	std::uint32_t round_ = 0;                         // that the programs count in
	std::map<stack_id, frames> stacks_;               // those that a wait still refers to
	std::map<std::pair<std::uint32_t, stack_id>, std::string> names_; // of those that take() has met; of the kernel's for process 0
	std::optional<user_stacks> user_;
	std::map<std::pair<std::uint64_t, std::uint32_t>, name> processes_; // by start and number
	std::map<std::uint64_t, name> caches_;
	std::array<std::uint64_t, oriel_lock_refusals> refused_before_{};
	std::array<std::uint64_t, oriel_lock_kinds> entered_before_{};
};

} // namespace oriel
