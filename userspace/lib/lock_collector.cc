// SPDX-License-Identifier: GPL-2.0
#include "lock_collector.hpp"

#include "bpf_objects.hpp"
#include "file_read.hpp"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

namespace oriel {
namespace {

constexpr std::int32_t no_stack = -1;

template <class Key, class Value>
std::map<std::string, std::pair<Key, Value>> read_map(int map)
{
	std::map<std::string, std::pair<Key, Value>> all;
	Key key{}, next{};
	Value value{};
	for (bool first = true; bpf_map_get_next_key(map, first ? nullptr : &key, &next) == 0; first = false) {
		key = next;
		if (bpf_map_lookup_elem(map, &key, &value) == 0)
			all[std::string(reinterpret_cast<const char *>(&key), sizeof(key))] = {key, value};
	}
	return all;
}

// By the bytes of a key; empty where it is not there.
template <class Key>
std::string name_in(const std::map<std::string, std::pair<Key, oriel_lock_name>> &names, const Key &key)
{
	const auto found = names.find(std::string(reinterpret_cast<const char *>(&key), sizeof(key)));
	if (found == names.end())
		return {};
	const char *text = found->second.second.text;
	return {text, ::strnlen(text, sizeof(found->second.second.text))};
}

std::size_t processor_count()
{
	return static_cast<std::size_t>(std::max(libbpf_num_possible_cpus(), 1));
}

result<std::vector<std::uint64_t>> read_counts(int map, unsigned count)
{
	std::vector<std::uint64_t> sums(count), of_processors(processor_count());
	for (std::uint32_t i = 0; i < count; i++) {
		if (bpf_map_lookup_elem(map, &i, of_processors.data()) != 0)
			return error{"the counters of the BPF programs cannot be read"};
		for (const std::uint64_t part : of_processors)
			sums[i] += part;
	}
	return sums;
}

std::string with_offset(const kernel_symbols::place &at)
{
	return at.offset == 0 ? std::string(at.name) : fmt::format("{}+{:#x}", at.name, at.offset);
}

// Where variables lie that each processor has: their symbols, and how far from them each processor's are.
struct per_cpu_area {
	std::uint64_t first, behind;
	std::vector<std::uint64_t> offsets;
};

// "runqueues+0x0"; empty if the address is none of theirs.
std::string per_cpu_name(std::uint64_t address, const per_cpu_area &area, const kernel_symbols &symbols)
{
	for (const std::uint64_t offset : area.offsets) {
		const std::uint64_t symbol = address - offset;
		if (offset != 0 && symbol >= area.first && symbol < area.behind)
			return with_offset(symbols.find(symbol));
	}
	return {};
}

// The class in words that a user asks for, and the name of the lock itself.
void name_lock(lock_row &row, const oriel_lock_key &key, const std::string &cache, const per_cpu_area &area, const kernel_symbols &symbols)
{
	switch (key.lock_class) {
	case oriel_lock_mmap:
		row.lock_class = row.lock = "mmap_lock";
		return;
	case oriel_lock_mmap_foreign:
		row.lock_class = "mmap_lock_foreign";
		row.lock = "mmap_lock";
		return;
	case oriel_lock_page_table:
		row.lock_class = "page_table";
		row.lock = "ptl";
		return;
	case oriel_lock_page_table_root:
		row.lock_class = "page_table_root";
		row.lock = "page_table_lock";
		return;
	case oriel_lock_vma:
		row.lock_class = row.lock = "vma";
		return;
	case oriel_lock_slab:
		row.lock_class = cache.find("inode") != std::string::npos ? "inode" : "slab";
		row.lock = cache.empty() ? "a cache without a known name" : cache;
		return;
	}
	const kernel_symbols::place at = symbols.find(key.object);
	constexpr std::uint64_t largest_variable = 1 << 16; // what is farther behind a symbol is no part of it
	const bool is_variable = key.lock_class == oriel_lock_static || !at.module.empty();
	if (!is_variable || at.name.empty() || at.offset >= largest_variable) {
		const std::string per_cpu = per_cpu_name(key.object, area, symbols);
		row.lock_class = per_cpu.empty() ? "other" : "static";
		row.lock = per_cpu.empty() ? fmt::format("{:#x}", key.object) : per_cpu;
		return;
	}
	row.lock = with_offset(at);
	row.lock_class = row.lock == "tasklist_lock" || row.lock == "css_set_lock" ? row.lock : "static";
}

} // namespace

result<lock_collector> lock_collector::start(const lock_request &request)
{
	const auto kernel = kernel_btf::load();
	if (!kernel)
		return kernel.failure();
	if (!kernel->has_tracepoint("contention_begin"))
		return error{"this kernel has no tracepoints for contended locks", "they came with kernel 5.19", exit_code::unsupported};
	const std::string modules = read_text("/proc/modules").value_or("");
	auto symbols = kernel_symbols::load();
	if (!symbols)
		return symbols.failure();
	auto programs = bpf_programs::open(bpf_object_locks());
	if (!programs)
		return programs.failure();
	programs->set("only_tgid", static_cast<std::uint32_t>(request.process));
	programs->set("only_cgroup", request.cgroup);
	programs->set("only_cgroup_level", request.cgroup_level);
	programs->set("user_stacks", false);
	programs->set("has_get_kmem_cache", kernel->has_function("bpf_get_kmem_cache"));
	programs->set("vmemmap_base_at", symbols->address_of("vmemmap_base"));
	programs->set("page_offset_base_at", symbols->address_of("page_offset_base"));
	programs->set("vma_lock_cachep_at", symbols->address_of("vma_lock_cachep"));
	programs->set("per_cpu_offset_at", symbols->address_of("__per_cpu_offset"));
	programs->set("static_start", symbols->address_of("_stext"));
	programs->set("static_end", symbols->address_of("_end"));
	if (const auto loaded = programs->load(*kernel); !loaded)
		return loaded.failure();
	programs->attach();
	lock_collector collector(std::move(*programs));
	collector.take_symbols(std::move(*symbols), modules);
	if (!collector.is_attached("contention_begin") || !collector.is_attached("contention_end"))
		return error{"the tracepoints for contended locks cannot be attached to", "", exit_code::unsupported};
	if (const auto told = collector.tell_what_is_hooked(); !told)
		return told.failure();
	return collector;
}

bool lock_collector::is_attached(const std::string &program) const
{
	const auto states = programs_.states();
	return std::any_of(states.begin(), states.end(), [&](const program_state &s) { return s.name == program && s.attached; });
}

// Until it is told, waits that both see are counted by whichever ends them first.
result<std::monostate> lock_collector::tell_what_is_hooked() const
{
	const bool hooks[oriel_lock_hooks] = {
		is_attached("native_queued_spin_lock_slowpath") && is_attached("after_native_queued_spin_lock_slowpath"),
		is_attached("rwsem_down_read_slowpath") && is_attached("after_rwsem_down_read_slowpath") &&
			is_attached("rwsem_down_write_slowpath") && is_attached("after_rwsem_down_write_slowpath"),
	};
	for (std::uint32_t i = 0; i < oriel_lock_hooks; i++) {
		const std::uint32_t set = hooks[i] ? 1 : 0;
		if (bpf_map_update_elem(programs_.map("hooked"), &i, &set, BPF_ANY) != 0)
			return error{"the BPF programs cannot be told what is hooked"};
	}
	return std::monostate{};
}

void lock_collector::take_symbols(kernel_symbols symbols, const std::string &modules)
{
	symbols_ = std::move(symbols);
	modules_ = modules;
	per_cpu_ = {symbols_.address_of("__per_cpu_start"), symbols_.address_of("__per_cpu_end")};
	stacks_ = {{no_stack, ""}};
}

// Again when modules have come or gone.
result<std::monostate> lock_collector::read_symbols()
{
	const std::string modules = read_text("/proc/modules").value_or("");
	if (modules == modules_)
		return std::monostate{};
	auto symbols = kernel_symbols::load();
	if (!symbols)
		return symbols.failure();
	take_symbols(std::move(*symbols), modules);
	return std::monostate{};
}

const std::string &lock_collector::stack_of(std::int32_t id)
{
	const auto [at, is_new] = stacks_.try_emplace(std::max(id, no_stack));
	std::uint64_t frames[ORIEL_LOCK_FRAMES] = {};
	if (!is_new || bpf_map_lookup_elem(programs_.map("stacks"), &id, frames) != 0)
		return at->second;
	// The innermost frames are our own programs and what calls them, up to the function that takes the lock.
	bool in_lock = false;
	for (const std::uint64_t frame : frames) {
		if (frame == 0)
			break;
		const std::string name = symbols_.name_of(frame);
		if (!in_lock && is_lock_function(name)) {
			in_lock = true;
			at->second.clear();
		}
		at->second.insert(0, name + (at->second.empty() ? "" : ";"));
	}
	return at->second;
}

result<lock_snapshot> lock_collector::read()
{
	lock_snapshot snapshot;
	if (const auto read = read_symbols(); !read)
		return read.failure();
	const auto entered = read_counts(programs_.map("entries"), oriel_lock_kinds);
	const auto refused = read_counts(programs_.map("refusals"), oriel_lock_refusals);
	if (!entered || !refused)
		return entered ? refused.failure() : entered.failure();
	std::copy(refused->begin(), refused->end(), snapshot.refused.begin());
	const auto processes = read_map<oriel_lock_process, oriel_lock_name>(programs_.map("processes"));
	const auto caches = read_map<std::uint64_t, oriel_lock_name>(programs_.map("caches"));
	const std::uint32_t only = 0;
	per_cpu_area area{per_cpu_.first, per_cpu_.second, std::vector<std::uint64_t>(processor_count())};
	bpf_map_lookup_elem(programs_.map("per_cpu_offsets"), &only, area.offsets.data());
	for (const auto &[bytes, entry] : read_map<oriel_lock_key, oriel_lock_counters>(programs_.map("rows"))) {
		const auto &[key, counters] = entry;
		lock_row row{};
		row.kind = static_cast<oriel_lock_kind>(key.kind);
		row.waiter = {key.waiter.tgid, key.waiter.start_ns, name_in(processes, key.waiter)};
		row.owner = {key.owner.tgid, key.owner.start_ns, name_in(processes, key.owner)};
		row.space = key.space;
		row.cgroup = key.cgroup;
		row.counters = counters;
		row.stack = stack_of(key.kernel_stack);
		name_lock(row, key, key.lock_class == oriel_lock_slab ? name_in<std::uint64_t>(caches, key.object) : "", area, symbols_);
		snapshot.coverage.at(key.kind).seen += counters.waits;
		snapshot.rows.push_back(std::move(row));
	}
	snapshot.merge_rows(); // different stacks can be the same in names
	const std::pair<oriel_lock_kind, const char *> counted[] = {
		{oriel_lock_spin, "native_queued_spin_lock_slowpath"},
		{oriel_lock_rwlock_read, "queued_read_lock_slowpath"},
		{oriel_lock_rwlock_write, "queued_write_lock_slowpath"},
		{oriel_lock_mutex, "__mutex_lock_slowpath"},
		{oriel_lock_rwsem_read, "rwsem_down_read_slowpath"},
		{oriel_lock_rwsem_write, "rwsem_down_write_slowpath"},
		{oriel_lock_vma_write, "__vma_start_write"},
	};
	for (const program_state &state : programs_.states())
		for (const auto &[kind, program] : counted)
			if (state.attached && state.name == program)
				snapshot.coverage.at(kind).entered = (*entered)[kind] + state.misses;
	return snapshot;
}

std::vector<std::string> lock_collector::unseen() const
{
	std::vector<std::string> sentences;
	for (const program_state &state : programs_.states()) {
		if (state.attached)
			continue;
		if (state.name == "native_queued_spin_lock_slowpath")
			sentences.push_back("waits of the first waiter for a spinlock: " + state.reason);
		if (state.name == "rwsem_down_write_slowpath")
			sentences.push_back("writers of an rw_semaphore that spin for its owner: " + state.reason);
	}
	sentences.push_back("locks that nobody had to wait for, and waits of a thread that waits for memory, disk or another thread");
	return sentences;
}

} // namespace oriel
