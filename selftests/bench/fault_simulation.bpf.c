// SPDX-License-Identifier: GPL-2.0
/*
 * What ebpf/vma_cache.bpf.c makes of a lookup, run from the tracepoint of page faults: for processors whose kernel lets nobody hook its
 * functions.  Which VMA an address lies in the tracepoint does not know: each 2 MiB stand for one.
 */
#include "vma_cache.bpf.c"

SEC("tp_btf/page_fault_user")
int BPF_PROG(simulate_page_fault, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = this_thread(task);
	u64 number = address >> PMD_SHIFT;
	struct lookup at = {.address = address, .vma = number + 1, .start = number << PMD_SHIFT, .end = (number + 1) << PMD_SHIFT};

	if (!thread)
		return 0;
	at.mm = as_number(thread, task->mm);
	thread->counters.faults++;
	thread->counters.lookups++;
	simulate(thread, task->mm, &at);
	return 0;
}

SEC("tp_btf/page_fault_user")
int BPF_PROG(do_nothing, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	return 0;
}
