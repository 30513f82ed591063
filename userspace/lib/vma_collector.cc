// SPDX-License-Identifier: GPL-2.0
#include "vma_collector.hpp"

#include "bpf_objects.hpp"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <cstring>
#include <map>
#include <utility>

namespace oriel {

namespace {

constexpr const char *real_cache_member = "vmacache_seqnum";

// The program that marks the start of an unmapping, whose function has other arguments on other kernels.
void check_unmap_region(bpf_programs &programs, const kernel_btf &kernel)
{
	if (kernel.has_function("unmap_region") && kernel.first_argument("unmap_region") != "mm_struct")
		programs.leave_out("unmap_region", "its first argument is not the address space on this kernel");
}

bool is_nothing(const oriel_vma_counters &counters)
{
	const auto numbers = to_numbers(counters);
	return std::all_of(numbers.begin(), numbers.end(), [](__u64 number) { return number == 0; });
}

} // namespace

result<vma_collector> vma_collector::start(const vma_request &request)
{
	const auto kernel = kernel_btf::load();
	if (!kernel)
		return kernel.failure();
	const bool task_storage = libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, nullptr) == 1;
	auto programs = bpf_programs::open(task_storage ? bpf_object_vma_cache() : bpf_object_vma_cache_no_task_storage());
	if (!programs)
		return programs.failure();
	const bool has_real_cache = kernel->has_member("mm_struct", real_cache_member);
	programs->set("only_tgid", static_cast<std::uint32_t>(request.process));
	programs->set("only_cgroup", request.cgroup);
	programs->set("only_cgroup_level", request.cgroup_level);
	programs->set("policies", request.policies);
	programs->set("has_real_cache", has_real_cache);
	programs->set("stream", request.stream);
	programs->set("by_thread", request.by_thread);
	programs->resize("spaces", request.table_size);
	programs->resize("ended", request.table_size);
	if (!task_storage)
		programs->resize("threads", request.table_size);
	programs->take_instead("page_fault_user", "handle_mm_fault");
	check_unmap_region(*programs, *kernel);
	if (has_real_cache && request.policies)
		programs->leave_out("find_vma", "vmacache_find() sees the same lookups, and those of inlined callers");
	if (!request.policies)
		for (const char *name : {"vmacache_find", "vmacache_update", "vm_area_free", "unmap_region", "after_do_munmap",
					 "vms_complete_munmap_vmas", "after_vms_complete_munmap_vmas"})
			programs->leave_out(name, "only the simulation of caches needs it");
	if (const auto loaded = programs->load(*kernel); !loaded)
		return loaded.failure();
	vma_collector collector(std::move(*programs), has_real_cache, request.by_thread);
	if (request.stream)
		if (const auto opened = collector.open_stream(); !opened)
			return opened.failure();
	collector.programs_.attach();
	if (const auto any = collector.check_attached(); !any)
		return any.failure();
	// While the process that is asked for is there, the programs learn when it started.
	if (request.process != 0)
		if (const auto read = collector.programs_.read_iterator("read_threads"); !read)
			return read.failure();
	return collector;
}

struct vma_collector::stream_state {
	struct free_ring {
		void operator()(ring_buffer *ring) const { ring_buffer__free(ring); }
	};

	std::unique_ptr<ring_buffer, free_ring> ring;
	const std::function<void(const oriel_vma_record &)> *visit = nullptr;

	int take(const void *data, std::size_t size) const
	{
		oriel_vma_record record;
		if (size != sizeof(record) || !visit)
			return 0;
		std::memcpy(&record, data, sizeof(record));
		(*visit)(record);
		return 0;
	}
};

vma_collector::vma_collector(bpf_programs programs, bool has_real_cache, bool by_thread)
    : programs_(std::move(programs)), has_real_cache_(has_real_cache), by_thread_(by_thread)
{
}

vma_collector::vma_collector(vma_collector &&) noexcept = default;

vma_collector::~vma_collector() = default;

result<std::monostate> vma_collector::open_stream()
{
	stream_ = std::make_unique<stream_state>();
	stream_->ring.reset(ring_buffer__new(
		programs_.map("records"),
		[](void *at, void *data, std::size_t size) { return static_cast<const stream_state *>(at)->take(data, size); },
		stream_.get(), nullptr));
	if (!stream_->ring)
		return error{"the stream of lookups cannot be read"};
	return std::monostate{};
}

int vma_collector::descriptor() const
{
	return stream_ ? ring_buffer__epoll_fd(stream_->ring.get()) : -1;
}

void vma_collector::pump(const std::function<void(const oriel_vma_record &)> &visit) const
{
	if (!stream_)
		return;
	stream_->visit = &visit;
	ring_buffer__consume(stream_->ring.get());
	stream_->visit = nullptr;
}

// Those whose round is over: no program adds to them any more.
result<std::vector<oriel_vma_row>> vma_collector::take_ended() const
{
	const int map = programs_.map("ended");
	std::vector<oriel_vma_ended> keys;
	oriel_vma_ended key{}, next{};
	for (bool first = true; bpf_map_get_next_key(map, first ? nullptr : &key, &next) == 0; first = false) {
		key = next;
		if (key.round < round_)
			keys.push_back(key);
	}
	std::vector<oriel_vma_row> rows;
	for (const oriel_vma_ended &one : keys) {
		oriel_vma_row row{};
		if (bpf_map_lookup_elem(map, &one, &row) != 0)
			return error{"the counters of the BPF programs cannot be read"};
		bpf_map_delete_elem(map, &one);
		rows.push_back(row);
	}
	return rows;
}

result<vma_snapshot> vma_collector::take()
{
	const std::uint32_t zero = 0;
	round_++;
	if (bpf_map_update_elem(programs_.map("reading"), &zero, &round_, BPF_ANY) != 0)
		return error{"the BPF programs cannot be read"};
	const auto living = programs_.read_iterator("read_threads");
	if (!living)
		return living.failure();
	// Programs that began before the round did are over behind this: none adds any more to what is taken away.
	if (const auto waited = wait_for_programs(); !waited)
		return waited.failure();
	auto ended = take_ended();
	auto refused = programs_.read_counts("refusals", oriel_vma_refusals);
	const auto late = programs_.read_counts("late_ends", 1);
	if (!ended)
		return ended.failure();
	if (!refused || !late)
		return refused ? late.failure() : refused.failure();
	// The end of a thread that neither program was run for: nobody has taken over what it counted.
	auto programs = programs_by_name();
	const program_state &exit = programs["sched_process_exit"], &later = programs["exit_files"];
	(*refused)[oriel_vma_no_process] +=
		later.attached ? std::min(exit.misses - std::min(exit.misses, (*late)[0]), later.misses) : exit.misses;

	vma_snapshot taken;
	for (std::size_t i = 0; i < taken.refused.size(); i++)
		taken.refused[i] = growth(refused_before_[i], (*refused)[i]);
	std::map<std::uint64_t, oriel_vma_row> now;
	for (std::size_t i = 0; i < living->size() / sizeof(oriel_vma_row); i++) {
		oriel_vma_row row;
		std::memcpy(&row, living->data() + i * sizeof(row), sizeof(row));
		now[row.thread_id] = row;
		if (const auto before = before_.extract(row.thread_id); !before.empty())
			subtract(row.counters, before.mapped().counters);
		if (!is_nothing(row.counters))
			taken.threads.push_back(row);
	}
	// What is left lived at the last time and has ended: that much of its counters was told then.
	std::vector<oriel_vma_row> told;
	for (auto &[id, row] : before_) {
		if (!by_thread_)
			row.process.tid = 0;
		told.push_back(row);
	}
	for (const oriel_vma_row &row : ended_since(*ended, told))
		if (!is_nothing(row.counters))
			taken.ended.push_back(row);
	before_ = std::move(now);
	return taken;
}

std::map<std::string, program_state> vma_collector::programs_by_name() const
{
	std::map<std::string, program_state> by_name;
	for (program_state &state : programs_.states())
		by_name[state.name] = std::move(state);
	return by_name;
}

result<std::monostate> vma_collector::check_attached() const
{
	auto by_name = programs_by_name();
	for (const char *name : {"handle_mm_fault", "page_fault_user", "find_vma", "vmacache_find", "lock_vma_under_rcu"})
		if (by_name[name].attached)
			return std::monostate{};
	return error{fmt::format("no BPF program could be attached: {}; {}", by_name["handle_mm_fault"].reason,
				 by_name["page_fault_user"].reason),
		     "", exit_code::unsupported};
}

std::vector<std::string> vma_collector::unseen() const
{
	auto by_name = programs_by_name();
	std::vector<std::string> sentences;
	if (by_name["page_fault_user"].attached)
		return {"all but page faults of user space, as the processor raises them (tracepoint exceptions:page_fault_user): neither "
			"what "
			"became of them, nor lookups of mappings, nor caches of them: " +
			by_name["handle_mm_fault"].reason};
	if (!by_name["handle_mm_fault"].attached)
		sentences.push_back("page faults: " + by_name["handle_mm_fault"].reason);
	if (by_name["vmacache_find"].attached && by_name["vmacache_update"].attached)
		return sentences;
	if (!by_name["find_vma"].attached)
		sentences.push_back("lookups by find_vma(): " + by_name["find_vma"].reason);
	if (has_real_cache_)
		sentences.push_back("lookups by callers into which find_vma() was inlined (madvise and others)");
	else
		sentences.push_back("lookups by inlined code (vma_lookup(), VMA iterators: mmap, munmap, mprotect and others): "
				    "what is seen on this kernel is mostly page faults");
	return sentences;
}

} // namespace oriel
