// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "bytes.hpp"

namespace oriel {

// The compiled files of ebpf/, as they lie in the program (bpf_objects.S); empty where it was built without clang.
byte_view bpf_object_locks();
byte_view bpf_object_cgroup_links();
byte_view bpf_object_vma_cache();
byte_view bpf_object_vma_cache_no_task_storage();

} // namespace oriel
