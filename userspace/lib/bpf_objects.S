/* SPDX-License-Identifier: GPL-2.0 */
/* Takes compiled BPF programs into the program. */
	.macro bpf_object name, file
	.section .rodata
	.balign 8
	.global oriel_bpf_\name
	.global oriel_bpf_\name\()_end
oriel_bpf_\name:
	.incbin "\file"
oriel_bpf_\name\()_end:
	.endm

	bpf_object locks, "locks.bpf.o"
	bpf_object cgroup_links, "cgroup_links.bpf.o"
	bpf_object vma_cache, "vma_cache.bpf.o"
	bpf_object vma_cache_no_task_storage, "vma_cache_no_task_storage.bpf.o"

	.section .note.GNU-stack, "", @progbits
