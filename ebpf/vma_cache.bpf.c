// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults, lookups of VMAs, and what caches of VMAs would have made of them; see vma_cache.h for what is counted.
 *
 * Every program stands by itself: one that a kernel has no function for, or that does not attach, leaves the others as they are, and user
 * space says what is missing.  What the programs see: calls of find_vma() and lock_vma_under_rcu().  From 6.1 other paths look up VMAs by
 * inlined code that nothing can hook, so what is seen there is mostly page faults.
 *
 * Compiled twice: without BPF_MAP_TYPE_TASK_STORAGE (ORIEL_NO_TASK_STORAGE) for kernels before 5.11.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "counts.h"
#include "vma_cache.h"
#include "vma_policies.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- set before loading ---- */

const volatile u32 only_tgid;         /* only this process and what it starts, 0: everybody */
const volatile u64 only_cgroup;       /* only threads in this cgroup or below, 0: in any */
const volatile u32 only_cgroup_level; /* how deep it lies */
const volatile bool policies;         /* simulate caches, else count only */
const volatile bool has_real_cache;   /* mm_struct has vmacache_seqnum */
const volatile bool stream;           /* hand on all that the simulation sees */
const volatile bool by_thread;        /* keep apart the threads that have ended */

/* ---- state ---- */

#ifdef ORIEL_NO_TASK_STORAGE
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32); /* tid */
	__type(value, struct thread_state);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_state);
} no_thread_yet SEC(".maps");
#else
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int); /* for user space: a pidfd */
	__type(value, struct thread_state);
} threads SEC(".maps");
#endif

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64); /* address of an mm_struct */
	__type(value, struct mm_state);
} spaces SEC(".maps");

/* What threads that have ended had counted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct oriel_vma_ended);
	__type(value, struct oriel_vma_row);
} ended SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64); /* the reading that goes on, or was the last */
} reading SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64); /* when `only_tgid` started: whoever has the number later is another */
} only_start SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, oriel_vma_refusals);
	__type(key, u32); /* enum oriel_vma_refusal */
	__type(value, u64);
} refusals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64); /* ends of threads that exit_files() alone told */
} late_ends SEC(".maps");

static __always_inline void refuse(u32 what)
{
	count_in(&refusals, what);
}

/* ---- reading what pointers of the kernel point to ---- */

#ifdef ORIEL_NO_TASK_STORAGE
#define READ(pointer, ...) BPF_CORE_READ(pointer, __VA_ARGS__)
#define READ_NAME(to, task) BPF_CORE_READ_STR_INTO(&(to), task, comm)
#else
/* Without the helper that reads any memory, which a locked down kernel does not lend. */
#define READ_1(p, a) ((p)->a)
#define READ_2(p, a, b) ((p)->a->b)
#define READ_4(p, a, b, c, d) ((p)->a->b->c->d)
#define READ_NTH(one, two, three, four, name, ...) name
#define READ(pointer, ...) READ_NTH(__VA_ARGS__, READ_4, 0, READ_2, READ_1)(pointer, __VA_ARGS__)

static __always_inline void copy_name(char *to, const struct task_struct *task)
{
	u32 i;

#pragma unroll
	for (i = 0; i < sizeof(task->comm); i++)
		to[i] = task->comm[i];
}
#define READ_NAME(to, pointer) copy_name(to, pointer)
#endif

/* ---- threads ---- */

#ifdef ORIEL_NO_TASK_STORAGE
static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

static __always_inline struct thread_state *find_thread(struct task_struct *task)
{
	u32 tid = READ(task, pid);

	return bpf_map_lookup_elem(&threads, &tid);
}

static __always_inline struct thread_state *make_thread(struct task_struct *task)
{
	u32 tid = READ(task, pid), zero = 0;
	struct thread_state *empty = bpf_map_lookup_elem(&no_thread_yet, &zero);

	if (empty)
		bpf_map_update_elem(&threads, &tid, empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&threads, &tid);
}

static __always_inline void forget_thread(struct task_struct *task)
{
	u32 tid = READ(task, pid);

	bpf_map_delete_elem(&threads, &tid);
}
#else
static __always_inline struct task_struct *current_task(void)
{
	return bpf_get_current_task_btf();
}

static __always_inline struct thread_state *find_thread(struct task_struct *task)
{
	return bpf_task_storage_get(&threads, task, 0, 0);
}

static __always_inline struct thread_state *make_thread(struct task_struct *task)
{
	return bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* It goes with its task; what it counted has been taken over. */
static __always_inline void forget_thread(struct task_struct *task)
{
	struct thread_state *thread = find_thread(task);

	if (thread)
		__builtin_memset(&thread->counters, 0, sizeof(thread->counters));
}
#endif

static __always_inline u64 current_round(void)
{
	u32 zero = 0;
	u64 *number = bpf_map_lookup_elem(&reading, &zero);

	return number ? *number : 0;
}

/* It is as if the reading that goes on had found it already: what it counts belongs to the next. */
static __always_inline struct thread_state *begin_thread(struct task_struct *task)
{
	struct thread_state *thread = make_thread(task);

	if (!thread) {
		refuse(oriel_vma_no_thread);
	} else if (!thread->id) {
		thread->id = bpf_ktime_get_ns() << 8 | (bpf_get_smp_processor_id() & 0xff);
		*(volatile u64 *)&thread->read = current_round();
	}
	return thread;
}

/* Whether it belongs to the process that alone is counted: the first one that is seen with its number. */
static __always_inline bool is_only(struct task_struct *task)
{
	u64 start, *first;
	u32 zero = 0;

	if (READ(task, tgid) != only_tgid)
		return false;
	start = READ(task, group_leader, start_boottime);
	first = bpf_map_lookup_elem(&only_start, &zero);
	if (!first)
		return false;
	if (!*first)
		*first = start;
	return *first == start;
}

#define PF_EXITING 0x4 /* include/linux/sched.h */

/*
 * The state of the running thread; NULL if it is not to be counted.  From 6.16 on a thread gives back its address space after its end has
 * been seen: nobody would ask for what it counts then.
 */
static __always_inline struct thread_state *this_thread(struct task_struct *task)
{
	struct thread_state *thread = find_thread(task);

	if (thread && !thread->ended)
		return thread;
	if (!thread) {
		if (only_tgid && !is_only(task))
			return NULL;
		if (only_cgroup && bpf_get_current_ancestor_cgroup_id(only_cgroup_level) != only_cgroup)
			return NULL;
		if (!(READ(task, flags) & PF_EXITING))
			return begin_thread(task);
	}
	refuse(oriel_vma_ending);
	return NULL;
}

static __always_inline struct mm_state *state_of(u64 mm)
{
	struct mm_state *state = bpf_map_lookup_elem(&spaces, &mm);

	if (!state) {
		struct mm_state fresh = {.sequence = bpf_ktime_get_ns()};

		bpf_map_update_elem(&spaces, &mm, &fresh, BPF_NOEXIST);
		state = bpf_map_lookup_elem(&spaces, &mm);
		if (!state)
			refuse(oriel_vma_no_space);
	}
	return state;
}

/* ---- threads come and go; attached first, so that no thread counts whose end is not seen ---- */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(sched_process_fork, struct task_struct *parent, struct task_struct *child)
{
	if (only_tgid && (find_thread(parent) || is_only(parent)))
		begin_thread(child);
	return 0;
}

static __always_inline void describe(struct task_struct *task, struct oriel_vma_row *row)
{
	struct task_struct *leader = READ(task, group_leader);

	row->process.tgid = READ(task, tgid);
	row->process.start_ns = READ(task, group_leader, start_boottime);
	row->cgroup = READ(task, cgroups, dfl_cgrp, kn, id);
	READ_NAME(row->comm, leader);
	READ_NAME(row->thread, task);
}

static __always_inline void add_counters(struct oriel_vma_counters *to, const struct oriel_vma_counters *from)
{
	u64 *sum = (u64 *)to;
	const u64 *number = (const u64 *)from;
	u32 i;

#pragma unroll
	for (i = 0; i < sizeof(*to) / sizeof(u64); i++)
		__sync_fetch_and_add(&sum[i], number[i]);
}

static __always_inline void take_over(struct task_struct *task)
{
	struct thread_state *thread = find_thread(task);
	struct oriel_vma_row row = {}, *sum;
	struct oriel_vma_ended key;

	if (!thread)
		return;
	/* A barrier as well: either we see that it was read, or the reading sees that it ended. */
	__sync_fetch_and_add(&thread->ended, 1);
	key.round = current_round();
	if (*(volatile u64 *)&thread->read != key.round)
		key.round--;
	describe(task, &row);
	if (by_thread)
		row.process.tid = READ(task, pid);
	key.process = row.process;
	sum = bpf_map_lookup_elem(&ended, &key);
	if (!sum) {
		bpf_map_update_elem(&ended, &key, &row, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(&ended, &key);
	}
	if (sum)
		add_counters(&sum->counters, &thread->counters);
	else
		refuse(oriel_vma_no_process);
	forget_thread(task);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	take_over(task);
	return 0;
}

/*
 * From 7.0 on a thread can be taken off the processor inside a tracepoint's program, and fentry's: another one's end is not told there then.
 * It is told here, a little later: at a kprobe nobody can.  A thread that could not be made gives back its files, too.
 */
SEC("kprobe/exit_files")
int exit_files(void *registers)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = READ(task, flags) & PF_EXITING ? find_thread(task) : NULL;

	if (thread && !thread->ended) {
		count_in(&late_ends, 0);
		take_over(task);
	}
	return 0;
}

/* ---- lookups ---- */

struct mm_struct___before_6_1 {
	u64 vmacache_seqnum;
} __attribute__((preserve_access_index));

static __always_inline u64 sequence_of(const struct mm_state *state, struct mm_struct *mm)
{
	if (has_real_cache && bpf_core_field_exists(((struct mm_struct___before_6_1 *)0)->vmacache_seqnum))
		return BPF_CORE_READ((struct mm_struct___before_6_1 *)mm, vmacache_seqnum);
	return state->sequence;
}

static __always_inline void hand_on(struct oriel_vma_record *record)
{
	record->tid = (u32)bpf_get_current_pid_tgid();
	if (bpf_ringbuf_output(&records, record, sizeof(*record), 0))
		refuse(oriel_vma_no_record);
}

/* What the kernel's own cache said to this lookup, if it was asked, against what the simulation says. */
static __always_inline void compare(struct thread_state *thread, u64 by_pmd, u64 by_page)
{
	if (!thread->real)
		return;
	thread->counters.real_agreed_pmd += equal(thread->real - 1, by_pmd);
	thread->counters.real_agreed_page += equal(thread->real - 1, by_page);
	thread->real = 0;
}

/* A pointer is written away and read back: the verifier allows no arithmetic with pointers into the kernel. */
static __always_inline u64 as_number(struct thread_state *thread, const void *pointer)
{
	*(volatile u64 *)&thread->pointer = (u64)pointer;
	return *(volatile u64 *)&thread->pointer;
}

static __always_inline void simulate(struct thread_state *thread, struct mm_struct *mm, const struct lookup *at)
{
	struct oriel_vma_counters *counters = &thread->counters;
	struct mm_state *state = state_of(at->mm);
	u64 sequence, space_sequence, inside = 0, hits = 0;
	u32 i;

	if (!state) {
		counters->unsimulated++;
		return;
	}
	sequence = sequence_of(state, mm);
	space_sequence = state->sequence;
	/* find_vma() gives the next VMA where the address lies in none. */
	if (at->vma && at->start <= at->address)
		inside = 1;
	asm volatile("" : "+r"(inside));
	counters->gaps += inside ^ 1;
	if (at->vma) {
		if (thread->mm != at->mm || thread->sequence != sequence) {
			thread->mm = at->mm;
			thread->sequence = sequence;
			counters->flushes++;
			empty_caches(thread);
		}
		hits = look_in_space(state, at, inside) | look_in_thread(thread, at, inside);
#pragma unroll
		for (i = 0; i < oriel_vma_policies; i++)
			counters->hits[i] += hits >> i & 1;
	}
	compare(thread, hits >> oriel_vma_thread4_pmd & 1, hits >> oriel_vma_thread4_page & 1);
	if (stream) {
		struct oriel_vma_record record = {
			.mm = at->mm,
			.vma = at->vma,
			.address = at->address,
			.start = at->start,
			.end = at->end,
			.sequence = sequence,
			.space_sequence = space_sequence,
			.hits = hits,
		};

		hand_on(&record);
	}
}

static __always_inline bool is_own(struct task_struct *task, struct mm_struct *mm)
{
	return READ(task, mm) == mm;
}

static __always_inline void looked_up(struct task_struct *task, struct thread_state *thread, struct mm_struct *mm, u64 address,
				      struct vm_area_struct *vma)
{
	if (!is_own(task, mm)) {
		thread->counters.foreign++;
		return;
	}
	thread->counters.lookups++;
	if (!policies) {
		thread->counters.unsimulated++;
	} else {
		struct lookup at = {.mm = as_number(thread, mm), .address = address, .vma = as_number(thread, vma)};

		if (vma) {
			at.start = vma->vm_start;
			at.end = vma->vm_end;
		}
		simulate(thread, mm, &at);
	}
}

/* A lookup that had asked the kernel's own cache in vain and found nothing elsewhere either. */
static __always_inline void no_vma_came(struct thread_state *thread)
{
	thread->counters.lookups++;
	thread->counters.gaps++;
	compare(thread, 0, 0);
}

SEC("fexit/find_vma")
int BPF_PROG(find_vma, struct mm_struct *mm, unsigned long address, struct vm_area_struct *vma)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = this_thread(task);

	if (!thread)
		return 0;
	thread->counters.find_vma++;
	looked_up(task, thread, mm, address, vma);
	return 0;
}

/* Where it finds none, the fault looks up again under mmap_lock, by find_vma(): one lookup, not two. */
SEC("fexit/lock_vma_under_rcu")
int BPF_PROG(lock_vma_under_rcu, struct mm_struct *mm, unsigned long address, struct vm_area_struct *vma)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = this_thread(task);

	if (!thread)
		return 0;
	if (!vma) {
		thread->counters.vma_lock_missed++;
		return 0;
	}
	thread->counters.vma_lock_taken++;
	looked_up(task, thread, mm, address, vma);
	return 0;
}

/*
 * Where the kernel has the cache itself, every lookup asks it first, also those of callers into which find_vma() was inlined: so the stream
 * is taken here instead, a hit at once and a miss when the VMA that was found elsewhere is put into the cache.
 */
SEC("fexit/vmacache_find")
int BPF_PROG(vmacache_find, struct mm_struct *mm, unsigned long address, struct vm_area_struct *vma)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = this_thread(task);

	if (!thread)
		return 0;
	thread->counters.find_vma++;
	if (!is_own(task, mm)) {
		thread->counters.foreign++;
		return 0;
	}
	thread->counters.real_lookups++;
	if (thread->real)
		no_vma_came(thread);
	thread->real = 1;
	if (!vma)
		return 0;
	thread->counters.real_hits++;
	thread->real = 2;
	looked_up(task, thread, mm, address, vma);
	return 0;
}

SEC("fentry/vmacache_update")
int BPF_PROG(vmacache_update, unsigned long address, struct vm_area_struct *vma)
{
	struct task_struct *task = current_task();
	struct thread_state *thread = this_thread(task);
	struct mm_struct *mm = READ(vma, vm_mm);

	if (thread && thread->real && is_own(task, mm))
		looked_up(task, thread, mm, address, vma);
	return 0;
}

/* ---- VMAs go, and with them what caches hold ---- */

static __always_inline void invalidate(struct mm_state *state)
{
	__sync_fetch_and_add(&state->sequence, 1);
	state->last = 0;
}

SEC("fentry/vm_area_free")
int BPF_PROG(vm_area_free, struct vm_area_struct *vma)
{
	u64 mm = (u64)READ(vma, vm_mm), number = (u64)vma;
	struct mm_state *state = bpf_map_lookup_elem(&spaces, &mm);

	if (!state)
		return 0;
	if (state->unmapping != (u32)bpf_get_current_pid_tgid())
		invalidate(state);
	if (state->largest == number) {
		state->largest = 0;
		state->largest_bytes = 0;
	}
	if (stream) {
		struct oriel_vma_record record = {.mm = mm, .vma = number, .kind = oriel_vma_record_freed};

		hand_on(&record);
	}
	return 0;
}

/* One unmapping of several VMAs empties the caches once, at its start; the frees that follow are part of it. */
static __always_inline int begin_unmapping(u64 mm)
{
	struct mm_state *state = bpf_map_lookup_elem(&spaces, &mm);

	if (state) {
		state->unmapping = (u32)bpf_get_current_pid_tgid();
		invalidate(state);
	}
	return 0;
}

static __always_inline int end_unmapping(void)
{
	struct task_struct *task = current_task();
	u64 mm = (u64)READ(task, mm);
	struct mm_state *state = bpf_map_lookup_elem(&spaces, &mm);

	if (state && state->unmapping == (u32)bpf_get_current_pid_tgid())
		state->unmapping = 0;
	return 0;
}

/* Only where its first argument is the address space: elsewhere user space leaves it out. */
SEC("fentry/unmap_region")
int BPF_PROG(unmap_region, struct mm_struct *mm)
{
	return begin_unmapping((u64)mm);
}

SEC("fexit/__do_munmap")
int after_do_munmap(void *context)
{
	return end_unmapping();
}

SEC("fentry/vms_complete_munmap_vmas")
int vms_complete_munmap_vmas(void *context)
{
	struct task_struct *task = current_task();

	return begin_unmapping((u64)READ(task, mm));
}

SEC("fexit/vms_complete_munmap_vmas")
int after_vms_complete_munmap_vmas(void *context)
{
	return end_unmapping();
}

SEC("fentry/exit_mmap")
int BPF_PROG(exit_mmap, struct mm_struct *mm)
{
	struct oriel_vma_record record = {.mm = (u64)mm, .kind = oriel_vma_record_space};
	u64 number = (u64)mm;

	if (!bpf_map_delete_elem(&spaces, &number) && stream)
		hand_on(&record);
	return 0;
}

/* ---- page faults ---- */

/* arch/x86/include/asm/trap_pf.h */
enum { X86_PF_WRITE = 1 << 1, X86_PF_INSTR = 1 << 4 };

#define FAULT_FLAG(name) bpf_core_enum_value(enum fault_flag, FAULT_FLAG_##name)
#define FAULT_RESULT(name) bpf_core_enum_value(enum vm_fault_reason, VM_FAULT_##name)

SEC("fexit/handle_mm_fault")
int BPF_PROG(handle_mm_fault, struct vm_area_struct *vma, unsigned long address, unsigned int flags, struct pt_regs *regs,
	     unsigned int outcome)
{
	struct thread_state *thread = this_thread(current_task());
	struct oriel_vma_counters *counters;
	bool vma_lock = false;

	if (!thread)
		return 0;
	if (bpf_core_enum_value_exists(enum fault_flag, FAULT_FLAG_VMA_LOCK))
		vma_lock = flags & FAULT_FLAG(VMA_LOCK);
	counters = &thread->counters;
	counters->faults++;
	if (flags & FAULT_FLAG_WRITE)
		counters->faults_write++;
	if (flags & FAULT_FLAG_INSTRUCTION)
		counters->faults_instruction++;
	if (flags & FAULT_FLAG_REMOTE)
		counters->faults_remote++;
	if (!vma->vm_ops)
		counters->faults_anonymous++;
	if (vma_lock)
		counters->faults_vma_lock++;
	if (outcome & FAULT_RESULT(MAJOR))
		counters->faults_major++;
	if (outcome & FAULT_RESULT(RETRY)) {
		counters->faults_retried++;
		if (vma_lock) {
			counters->faults_vma_lock_retried++;
			if (!vma->vm_ops)
				counters->faults_vma_lock_retried_anonymous++;
		}
	}
	if (bpf_core_enum_value_exists(enum vm_fault_reason, VM_FAULT_COMPLETED) && outcome & FAULT_RESULT(COMPLETED))
		counters->faults_completed++;
	if (outcome & (FAULT_RESULT(OOM) | FAULT_RESULT(SIGBUS) | FAULT_RESULT(SIGSEGV) | FAULT_RESULT(HWPOISON)))
		counters->faults_failed++;
	return 0;
}

/* Instead, where no function can be hooked: what the processor said, before the kernel has looked for the VMA. */
SEC("tp_btf/page_fault_user")
int BPF_PROG(page_fault_user, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	struct thread_state *thread = this_thread(current_task());

	if (!thread)
		return 0;
	thread->counters.faults++;
	if (error_code & X86_PF_WRITE)
		thread->counters.faults_write++;
	if (error_code & X86_PF_INSTR)
		thread->counters.faults_instruction++;
	return 0;
}

/* ---- reading ---- */

/* Writes an oriel_vma_row for each thread that has counted something. */
SEC("iter/task")
int read_threads(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct oriel_vma_row row = {};
	struct thread_state *thread;

	if (!task)
		return 0;
	if (only_tgid)
		is_only(task); /* while it lives for certain, whose number this is */
	thread = find_thread(task);
	if (!thread)
		return 0;
	*(volatile u64 *)&thread->read = current_round();
	__sync_fetch_and_add(&thread->readings, 1);
	if (*(volatile u64 *)&thread->ended)
		return 0;
	describe(task, &row);
	row.process.tid = READ(task, pid);
	row.thread_id = thread->id;
	row.counters = thread->counters;
	bpf_seq_write(context->meta->seq, &row, sizeof(row));
	return 0;
}
