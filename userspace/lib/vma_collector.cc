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

result<std::vector<oriel_vma_row>> read_ended(int map)
{
	std::vector<oriel_vma_row> rows;
	oriel_vma_process key{}, next{};
	for (bool first = true; bpf_map_get_next_key(map, first ? nullptr : &key, &next) == 0; first = false) {
		oriel_vma_row row{};
		key = next;
		if (bpf_map_lookup_elem(map, &key, &row) == 0)
			rows.push_back(row);
	}
	return rows;
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
	check_unmap_region(*programs, *kernel);
	if (has_real_cache && request.policies)
		programs->leave_out("find_vma", "vmacache_find() sees the same lookups, and those of inlined callers");
	if (!request.policies)
		for (const char *name : {"vmacache_find", "vmacache_update", "vm_area_free", "unmap_region", "after_do_munmap",
					 "vms_complete_munmap_vmas", "after_vms_complete_munmap_vmas"})
			programs->leave_out(name, "only the simulation of caches needs it");
	if (const auto loaded = programs->load(*kernel); !loaded)
		return loaded.failure();
	vma_collector collector(std::move(*programs), has_real_cache);
	if (request.stream)
		if (const auto opened = collector.open_stream(); !opened)
			return opened.failure();
	collector.programs_.attach();
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

vma_collector::vma_collector(bpf_programs programs, bool has_real_cache) : programs_(std::move(programs)), has_real_cache_(has_real_cache)
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

result<vma_snapshot> vma_collector::read() const
{
	vma_snapshot snapshot;
	auto ended = read_ended(programs_.map("ended"));
	const auto threads = programs_.read_iterator("read_threads");
	if (!ended)
		return ended.failure();
	if (!threads)
		return threads.failure();
	snapshot.ended = std::move(*ended);
	snapshot.threads.resize(threads->size() / sizeof(oriel_vma_row));
	std::memcpy(snapshot.threads.data(), threads->data(), snapshot.threads.size() * sizeof(oriel_vma_row));
	std::vector<std::uint64_t> of_processors(static_cast<std::size_t>(std::max(libbpf_num_possible_cpus(), 1)));
	for (std::uint32_t i = 0; i < oriel_vma_refusals; i++) {
		if (bpf_map_lookup_elem(programs_.map("refusals"), &i, of_processors.data()) != 0)
			return error{"the counters of the BPF programs cannot be read"};
		for (const std::uint64_t count : of_processors)
			snapshot.refused[i] += count;
	}
	return snapshot;
}

std::vector<std::string> vma_collector::unseen() const
{
	std::map<std::string, program_state> by_name;
	for (program_state &state : programs_.states())
		by_name[state.name] = std::move(state);
	std::vector<std::string> sentences;
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
