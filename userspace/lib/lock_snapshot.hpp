// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <locks.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oriel {

// The classes of locks, by their names in options and JSON, and in words.
struct lock_class_name {
	const char *name;
	const char *words;
};
extern const std::array<lock_class_name, 11> lock_class_names;

// By enum oriel_lock_kind: "spinlock", "rw_semaphore, write".
extern const std::array<const char *, oriel_lock_kinds> lock_kind_names;

// Whether it is part of taking a lock, or of watching that.
bool is_lock_function(std::string_view name);

struct lock_process {
	std::uint32_t tgid = 0; // 0: not known
	std::uint64_t start_ns = 0;
	std::string comm;
};

// Waits that agree in all but the counters.
struct lock_row {
	std::string lock_class; // one of lock_class_names
	std::string lock;       // the lock's own name: a variable, the cache its object is from, an address
	oriel_lock_kind kind;
	lock_process waiter;
	lock_process owner;      // who held it when the wait began, where that can be known
	std::uint32_t space = 0; // process to whose address space it belongs; 0: none, or not known
	std::uint64_t cgroup = 0;
	std::string stack; // the kernel's functions, the outermost first: "entry_SYSCALL_64;do_syscall_64;...", empty: not known
	std::string user_stack;
	oriel_lock_counters counters;

	bool may_have_owner() const { return kind == oriel_lock_mutex || kind == oriel_lock_rwsem_read || kind == oriel_lock_rwsem_write; }
	// Equal for rows that agree in all but the counters.
	std::string key() const;
	// The function that wanted the lock: the innermost that is no part of locking itself.
	std::string caller() const;
};

struct lock_coverage {
	std::uint64_t seen = 0;               // waits in the rows
	std::optional<std::uint64_t> entered; // how often the slow path was entered, counted besides; nothing: not known
};

// Waits for locks whose owner may be known. Mostly it is of the long ones: in a short one the lock was free again, for a waiter that slept.
struct lock_attribution {
	oriel_lock_counters known{}, all{};
};

struct lock_snapshot {
	std::vector<lock_row> rows;
	std::array<lock_coverage, oriel_lock_kinds> coverage{};
	std::array<std::uint64_t, oriel_lock_refusals> refused{};

	// What was counted later, on the same kernel.
	void add(const lock_snapshot &later);
	// Adds up rows that agree in all but the counters.
	void merge_rows();
	// Only rows of this class.
	void keep_class(const std::string &lock_class);
	// The same in about so many rows, or fewer: of those with the shortest waits together, one for each class and kind is left, "others".
	lock_snapshot at_most(std::size_t rows) const;
	oriel_lock_counters sum() const;
	// One row for each key, with the counters of all that have it; the longest waits together first.
	std::vector<lock_row> gather(const std::function<std::string(const lock_row &)> &key_of) const;
	lock_attribution attributed() const;
};

void add(oriel_lock_counters &to, const oriel_lock_counters &from);

// The time below which this part (0 to 1) of the waits lies, as far as the histogram tells: the upper end of a slot, ns.
std::uint64_t quantile_ns(const oriel_lock_counters &counters, double part);

} // namespace oriel
