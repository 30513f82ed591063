// SPDX-License-Identifier: GPL-2.0
#include "lock_collector.hpp"

#include "bpf_objects.hpp"
#include "file_read.hpp"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace oriel {
namespace {

// What takes the place of native_queued_spin_lock_slowpath() in guests of KVM, Xen and Hyper-V.
constexpr const char *paravirtual_spin = "__pv_queued_spin_lock_slowpath";

template <class Key, class Value>
using entries = std::vector<std::pair<Key, Value>>;

// Each that is there from the begin to the end is in it, and no other twice.
template <class Key, class Value>
result<entries<Key, Value>> read_map(int map)
{
	constexpr std::uint32_t most = 1024; // at once; no bucket holds as many
	std::vector<Key> keys(most);
	std::vector<Value> values(most);
	entries<Key, Value> all;
	std::uint32_t at = 0;
	for (bool first = true;; first = false) {
		std::uint32_t count = most;
		errno = 0;
		const int status = bpf_map_lookup_batch(map, first ? nullptr : &at, &at, keys.data(), values.data(), &count, nullptr);
		if (status != 0 && errno != ENOENT)
			return error{fmt::format("a map of the BPF programs cannot be read: {}", std::generic_category().message(errno))};
		for (std::uint32_t i = 0; i < count; i++)
			all.emplace_back(keys[i], values[i]);
		if (status != 0)
			return all;
	}
}

template <class Key, class Value>
result<std::monostate> delete_from(int map, const entries<Key, Value> &what)
{
	for (const auto &[key, value] : what)
		if (bpf_map_delete_elem(map, &key) != 0 && errno != ENOENT)
			return error{
				fmt::format("a map of the BPF programs cannot be emptied: {}", std::generic_category().message(errno))};
	return std::monostate{};
}

std::string text_of(const oriel_lock_name &name)
{
	return {name.text, ::strnlen(name.text, sizeof(name.text))};
}

std::size_t processor_count()
{
	return static_cast<std::size_t>(std::max(libbpf_num_possible_cpus(), 1));
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
	programs->set("user_stacks", request.user_stacks);
	programs->resize("rows", request.table_size);
	programs->resize("processes", request.table_size);
	programs->set("has_get_kmem_cache", kernel->has_function("bpf_get_kmem_cache"));
	programs->set("vmemmap_base_at", symbols->address_of("vmemmap_base"));
	programs->set("page_offset_base_at", symbols->address_of("page_offset_base"));
	programs->set("vma_lock_cachep_at", symbols->address_of("vma_lock_cachep"));
	programs->set("per_cpu_offset_at", symbols->address_of("__per_cpu_offset"));
	programs->set("static_start", symbols->address_of("_stext"));
	programs->set("static_end", symbols->address_of("_end"));
	if (const auto loaded = programs->load(*kernel); !loaded)
		return loaded.failure();
	const std::uint32_t followed = static_cast<std::uint32_t>(request.process);
	const std::uint64_t unknown_start = 0;
	if (followed != 0 && bpf_map_update_elem(programs->map("followed"), &followed, &unknown_start, BPF_ANY) != 0)
		return error{"the BPF programs cannot be told whom to follow"};
	programs->attach();
	lock_collector collector(std::move(*programs), kernel->has_function(paravirtual_spin));
	if (request.user_stacks) {
		auto user = user_stacks::open(request.process);
		if (!user)
			return user.failure();
		collector.user_.emplace(std::move(*user));
	}
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
		is_attached("native_queued_spin_lock_slowpath") && is_attached("after_native_queued_spin_lock_slowpath") &&
			(!has_paravirtual_spin_ ||
			 (is_attached(paravirtual_spin) && is_attached(std::string("after_") + paravirtual_spin))),
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

// By names, the outermost first. The innermost frames are our own programs and what calls them, up to the function that takes the lock.
// Where that is hooked, a trampoline lies between it and its caller: made later than the symbols were read, so it seems to be behind some
// module's data.
std::string lock_collector::name_frames(const frames &of) const
{
	std::string stack;
	bool in_lock = false;
	for (const std::uint64_t frame : of) {
		if (frame == 0)
			break;
		constexpr std::uint64_t largest_function = 1 << 20;
		if (const auto at = symbols_.find(frame); !at.is_code || at.offset >= largest_function || at.module == "bpf")
			continue;
		const std::string name = symbols_.name_of(frame);
		if (!in_lock && is_lock_function(name)) {
			in_lock = true;
			stack.clear();
		}
		stack.insert(0, name + (stack.empty() ? "" : ";"));
	}
	return stack;
}

// Reads and empties the stacks of a round that is over.
void lock_collector::take_stacks(std::uint32_t round)
{
	const int map = programs_.map(round % 2 == 0 ? "stacks_even" : "stacks_odd");
	std::vector<std::uint32_t> ids;
	std::uint32_t id = 0, next = 0;
	for (bool first = true; bpf_map_get_next_key(map, first ? nullptr : &id, &next) == 0; first = false)
		ids.push_back(id = next);
	for (const std::uint32_t one : ids) {
		frames found{};
		if (bpf_map_lookup_elem(map, &one, found.data()) == 0)
			stacks_[{round, static_cast<std::int32_t>(one)}] = found;
		bpf_map_delete_elem(map, &one);
	}
}

const std::string &lock_collector::kernel_stack(stack_id id)
{
	const auto [at, is_new] = names_.try_emplace({0, id});
	const auto found = stacks_.find(id);
	if (is_new && found != stacks_.end())
		at->second = name_frames(found->second);
	return at->second;
}

const std::string &lock_collector::user_stack(std::uint32_t process, stack_id id)
{
	const auto [at, is_new] = names_.try_emplace({process, id});
	const auto found = stacks_.find(id);
	if (is_new && user_ && process != 0 && found != stacks_.end())
		at->second = user_->name(process, found->second);
	return at->second;
}

// Reads and empties what the programs have named. They name it again when it waits again.
result<std::monostate> lock_collector::take_names()
{
	const auto processes = read_map<oriel_lock_process, oriel_lock_name>(programs_.map("processes"));
	const auto caches = read_map<std::uint64_t, oriel_lock_name>(programs_.map("caches"));
	if (!processes || !caches)
		return processes ? caches.failure() : processes.failure();
	for (const auto &[process, name] : *processes)
		processes_[{process.start_ns, process.tgid}] = {text_of(name), round_};
	for (const auto &[cache, name] : *caches)
		caches_[cache] = {text_of(name), round_};
	if (const auto done = delete_from(programs_.map("processes"), *processes); !done)
		return done;
	return delete_from(programs_.map("caches"), *caches);
}

lock_process lock_collector::process_of(const oriel_lock_process &process)
{
	const auto found = processes_.find({process.start_ns, process.tgid});
	if (found == processes_.end())
		return {process.tgid, process.start_ns, ""};
	found->second.used = round_;
	return {process.tgid, process.start_ns, found->second.text};
}

void lock_collector::forget_the_old(const std::set<stack_id> &stacks_in_use)
{
	names_.clear();
	if (user_)
		user_->forget_ended();
	std::erase_if(stacks_, [&](const auto &one) { return !stacks_in_use.contains(one.first); });
	const auto is_old = [this](const auto &one) { return one.second.used + 2 < round_; };
	std::erase_if(processes_, is_old);
	std::erase_if(caches_, is_old);
}

result<lock_snapshot> lock_collector::take()
{
	lock_snapshot snapshot;
	if (const auto read = read_symbols(); !read)
		return read.failure();
	const std::uint32_t over = round_++, only = 0;
	if (bpf_map_update_elem(programs_.map("reading"), &only, &round_, BPF_ANY) != 0)
		return error{"the BPF programs cannot be read"};
	// Programs that began before the round did are over behind this: none adds any more to what is taken away.
	if (const auto waited = wait_for_programs(); !waited)
		return waited.failure();
	// The waits that go on first: one that ends meanwhile is among the rows.
	const auto waiting = read_map<std::uint32_t, oriel_lock_waiting>(programs_.map("sleepers"));
	auto rows = read_map<oriel_lock_key, oriel_lock_counters>(programs_.map("rows"));
	const auto entered = programs_.read_counts("entries", oriel_lock_kinds);
	const auto refused = programs_.read_counts("refusals", oriel_lock_refusals);
	if (!waiting || !rows)
		return waiting ? rows.failure() : waiting.failure();
	if (!entered || !refused)
		return entered ? refused.failure() : entered.failure();
	if (const auto named = take_names(); !named)
		return named.failure();
	take_stacks(over);
	pump();

	std::set<stack_id> stacks_in_use;
	for (const auto &[tid, one] : *waiting) {
		stacks_in_use.insert({{one.round, one.kernel_stack}, {one.round, one.user_stack}});
		process_of(one.owner);
	}
	per_cpu_area area{per_cpu_.first, per_cpu_.second, std::vector<std::uint64_t>(processor_count())};
	bpf_map_lookup_elem(programs_.map("per_cpu_offsets"), &only, area.offsets.data());
	std::erase_if(*rows, [&](const auto &entry) {
		const oriel_lock_key &key = entry.first;
		if (key.round != round_)
			return false;
		stacks_in_use.insert({{key.stack_round, key.kernel_stack}, {key.stack_round, key.user_stack}});
		process_of(key.owner);
		return true;
	});
	for (const auto &[key, counters] : *rows) {
		lock_row row{};
		row.kind = static_cast<oriel_lock_kind>(key.kind);
		row.waiter = process_of(key.waiter);
		row.owner = process_of(key.owner);
		row.space = key.space;
		row.cgroup = key.cgroup;
		row.counters = counters;
		row.stack = kernel_stack({key.stack_round, key.kernel_stack});
		if (user_)
			row.user_stack = user_stack(key.waiter.tgid, {key.stack_round, key.user_stack});
		const auto cache = key.lock_class == oriel_lock_slab ? caches_.find(key.object) : caches_.end();
		if (cache != caches_.end())
			cache->second.used = round_;
		name_lock(row, key, cache == caches_.end() ? "" : cache->second.text, area, symbols_);
		snapshot.coverage.at(key.kind).seen += counters.waits;
		snapshot.rows.push_back(std::move(row));
	}
	if (const auto done = delete_from(programs_.map("rows"), *rows); !done)
		return done.failure();
	snapshot.merge_rows(); // different stacks can be the same in names
	forget_the_old(stacks_in_use);
	for (std::size_t i = 0; i < snapshot.refused.size(); i++)
		snapshot.refused[i] = growth(refused_before_[i], (*refused)[i]);
	take_entries(*entered, snapshot);
	return snapshot;
}

// How often slow paths were entered, where that is known.
void lock_collector::take_entries(const std::vector<std::uint64_t> &entered, lock_snapshot &snapshot)
{
	const std::pair<oriel_lock_kind, const char *> counted[] = {
		{oriel_lock_spin, "native_queued_spin_lock_slowpath"},
		{oriel_lock_spin, paravirtual_spin},
		{oriel_lock_rwlock_read, "queued_read_lock_slowpath"},
		{oriel_lock_rwlock_write, "queued_write_lock_slowpath"},
		{oriel_lock_mutex, "__mutex_lock_slowpath"},
		{oriel_lock_mutex, "__mutex_lock_killable_slowpath"},
		{oriel_lock_mutex, "__mutex_lock_interruptible_slowpath"},
		{oriel_lock_rwsem_read, "rwsem_down_read_slowpath"},
		{oriel_lock_rwsem_write, "rwsem_down_write_slowpath"},
		{oriel_lock_vma_write, "__vma_start_write"},
	};
	std::array<std::optional<std::uint64_t>, oriel_lock_kinds> all;
	for (const program_state &state : programs_.states())
		for (const auto &[kind, program] : counted)
			if (state.attached && state.name == program)
				all.at(kind) = all.at(kind).value_or(entered[kind]) + state.misses;
	for (std::size_t kind = 0; kind < all.size(); kind++)
		if (all[kind])
			snapshot.coverage[kind].entered = growth(entered_before_[kind], *all[kind]);
}

std::vector<std::string> lock_collector::unseen() const
{
	std::vector<std::string> sentences;
	for (const program_state &state : programs_.states()) {
		if (state.attached)
			continue;
		if (state.name == "native_queued_spin_lock_slowpath" ||
		    (state.name == paravirtual_spin && has_paravirtual_spin_ && is_attached("native_queued_spin_lock_slowpath")))
			sentences.push_back("waits of the first waiter for a spinlock: " + state.reason);
		if (state.name == "after_pte_alloc_one")
			sentences.push_back("to whose address space a split page-table lock belongs: the waiter's is told: " +
					    state.reason);
		if (state.name == "rwsem_down_write_slowpath")
			sentences.push_back("writers of an rw_semaphore that spin for its owner: " + state.reason);
	}
	if (user_ && user_->lost() != 0)
		sentences.push_back(
			fmt::format("the names of some functions of processes: {} of their mappings were not told of", user_->lost()));
	sentences.push_back("locks that nobody had to wait for, and waits of a thread that waits for memory, disk or another thread");
	return sentences;
}

} // namespace oriel
