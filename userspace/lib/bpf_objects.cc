// SPDX-License-Identifier: GPL-2.0
#include "bpf_objects.hpp"

#ifdef ORIEL_HAS_BPF
extern "C" {
extern const std::byte oriel_bpf_locks[], oriel_bpf_locks_end[];
extern const std::byte oriel_bpf_cgroup_links[], oriel_bpf_cgroup_links_end[];
extern const std::byte oriel_bpf_vma_cache[], oriel_bpf_vma_cache_end[];
extern const std::byte oriel_bpf_vma_cache_no_task_storage[], oriel_bpf_vma_cache_no_task_storage_end[];
}

namespace oriel {

byte_view bpf_object_locks()
{
	return {oriel_bpf_locks, oriel_bpf_locks_end};
}

byte_view bpf_object_cgroup_links()
{
	return {oriel_bpf_cgroup_links, oriel_bpf_cgroup_links_end};
}

byte_view bpf_object_vma_cache()
{
	return {oriel_bpf_vma_cache, oriel_bpf_vma_cache_end};
}

byte_view bpf_object_vma_cache_no_task_storage()
{
	return {oriel_bpf_vma_cache_no_task_storage, oriel_bpf_vma_cache_no_task_storage_end};
}

} // namespace oriel
#else
namespace oriel {

byte_view bpf_object_locks()
{
	return {};
}

byte_view bpf_object_cgroup_links()
{
	return {};
}

byte_view bpf_object_vma_cache()
{
	return {};
}

byte_view bpf_object_vma_cache_no_task_storage()
{
	return {};
}

} // namespace oriel
#endif
