// SPDX-License-Identifier: GPL-2.0
#include "lock_snapshot.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <string_view>

namespace oriel {

const std::array<lock_class_name, 11> lock_class_names{{
	{"mmap_lock", "mmap_lock of the waiter's own address space"},
	{"mmap_lock_foreign", "mmap_lock of another's address space"},
	{"page_table", "split page-table lock"},
	{"page_table_root", "page_table_lock of an address space"},
	{"vma", "lock of one VMA"},
	{"tasklist_lock", "tasklist_lock"},
	{"css_set_lock", "css_set_lock"},
	{"inode", "lock in an inode"},
	{"slab", "lock in another object of a slab cache"},
	{"static", "variable of the kernel or a module"},
	{"other", "lock elsewhere, by its address"},
}};

const std::array<const char *, oriel_lock_kinds> lock_kind_names{
	"spinlock",
	"rwlock, read",
	"rwlock, write",
	"mutex",
	"rw_semaphore, read",
	"rw_semaphore, write",
	"percpu_rw_semaphore, read",
	"percpu_rw_semaphore, write",
	"rt_mutex",
	"semaphore",
	"VMA, write",
};

bool is_lock_function(std::string_view name)
{
	constexpr std::string_view starts[] = {
		"_raw_",
		"native_queued_spin",
		"__pv_queued_spin",
		"queued_",
		"do_raw_",
		"down",
		"__down",
		"rwsem_",
		"mutex_",
		"__mutex_",
		"ww_mutex_",
		"__ww_mutex_",
		"percpu_down",
		"__percpu_down",
		"rt_mutex",
		"__rt_mutex",
		"__vma_start_write",
		"__traceiter_contention",
	};
	return std::any_of(std::begin(starts), std::end(starts), [&](std::string_view start) { return name.starts_with(start); });
}

std::string lock_row::caller() const
{
	std::string_view rest = stack;
	while (!rest.empty()) {
		const auto last = rest.rfind(';');
		const std::string_view function = last == std::string_view::npos ? rest : rest.substr(last + 1);
		if (!is_lock_function(function))
			return std::string(function);
		rest = last == std::string_view::npos ? "" : rest.substr(0, last);
	}
	return {};
}

std::string lock_row::key() const
{
	return fmt::format("{}\n{}\n{}\n{} {}\n{} {}\n{} {}\n{}\n{}", lock_class, lock, static_cast<unsigned>(kind), waiter.tgid,
			   waiter.start_ns, owner.tgid, owner.start_ns, space, cgroup, stack, user_stack);
}

void add(oriel_lock_counters &to, const oriel_lock_counters &from)
{
	to.waits += from.waits;
	to.total_ns += from.total_ns;
	to.max_ns = std::max(to.max_ns, from.max_ns);
	for (std::size_t i = 0; i < ORIEL_LOCK_SLOTS; i++)
		to.histogram[i] += from.histogram[i];
}

void lock_snapshot::add(const lock_snapshot &later)
{
	rows.insert(rows.end(), later.rows.begin(), later.rows.end());
	merge_rows();
	for (std::size_t i = 0; i < coverage.size(); i++) {
		coverage[i].seen += later.coverage[i].seen;
		if (later.coverage[i].entered)
			coverage[i].entered = coverage[i].entered.value_or(0) + *later.coverage[i].entered;
	}
	for (std::size_t i = 0; i < refused.size(); i++)
		refused[i] += later.refused[i];
}

void lock_snapshot::merge_rows()
{
	rows = gather([](const lock_row &row) { return row.key(); });
}

void lock_snapshot::keep_class(const std::string &lock_class)
{
	std::erase_if(rows, [&](const lock_row &row) { return row.lock_class != lock_class; });
}

lock_snapshot lock_snapshot::at_most(std::size_t most) const
{
	lock_snapshot kept = *this;
	if (rows.size() <= most)
		return kept;
	const auto named = static_cast<std::ptrdiff_t>(most / 2);
	std::nth_element(kept.rows.begin(), kept.rows.begin() + named, kept.rows.end(),
			 [](const lock_row &a, const lock_row &b) { return a.counters.total_ns > b.counters.total_ns; });
	for (auto row = kept.rows.begin() + named; row != kept.rows.end(); ++row) {
		lock_row rest{};
		rest.lock_class = row->lock_class;
		rest.lock = "others";
		rest.kind = row->kind;
		rest.counters = row->counters;
		*row = std::move(rest);
	}
	kept.merge_rows();
	return kept;
}

oriel_lock_counters lock_snapshot::sum() const
{
	oriel_lock_counters sum{};
	for (const lock_row &row : rows)
		oriel::add(sum, row.counters);
	return sum;
}

std::vector<lock_row> lock_snapshot::gather(const std::function<std::string(const lock_row &)> &key_of) const
{
	std::map<std::string, lock_row> sums;
	for (const lock_row &row : rows) {
		const auto [at, is_new] = sums.try_emplace(key_of(row), row);
		if (!is_new)
			oriel::add(at->second.counters, row.counters);
	}
	std::vector<lock_row> list;
	for (auto &[key, row] : sums)
		list.push_back(std::move(row));
	std::stable_sort(list.begin(), list.end(),
			 [](const lock_row &a, const lock_row &b) { return a.counters.total_ns > b.counters.total_ns; });
	return list;
}

lock_attribution lock_snapshot::attributed() const
{
	lock_attribution found;
	for (const lock_row &row : rows) {
		if (!row.may_have_owner())
			continue;
		oriel::add(found.all, row.counters);
		if (row.owner.tgid != 0)
			oriel::add(found.known, row.counters);
	}
	return found;
}

std::uint64_t quantile_ns(const oriel_lock_counters &counters, double part)
{
	const double wanted = part * static_cast<double>(counters.waits);
	std::uint64_t below = 0;
	for (unsigned i = 0; i < ORIEL_LOCK_SLOTS; i++) {
		below += counters.histogram[i];
		if (below > 0 && static_cast<double>(below) >= wanted)
			return std::min<std::uint64_t>((std::uint64_t{2} << i) - 1, counters.max_ns);
	}
	return counters.max_ns;
}

} // namespace oriel
