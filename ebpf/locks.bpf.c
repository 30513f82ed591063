// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for locks that somebody else holds, by lock, by stack and by process; see locks.h for what is counted.
 *
 * Where a wait begins and ends:
 *  - spinlocks and rw_semaphores: around the slow path.  Their tracepoints leave out the wait of a spinlock's first waiter (with two
 *    processors: every wait) and a writer's spinning on an rwsem's owner.  Where the slow path cannot be hooked, the tracepoints are used.
 *  - all others: the tracepoints contention_begin and contention_end.
 * How often the slow paths are entered is counted besides, so that it can be said how many waits were seen.
 *
 * These programs run while locks are being taken, in any context.  They use preallocated and per-processor maps only.  A map's own lock may
 * be contended as well, and then this code would run inside itself, holding that lock: `inside` turns the inner run away and counts it.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "counts.h"
#include "kernel_pages.h"
#include "locks.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- set before loading ---- */

const volatile u32 only_tgid;         /* only this process and what it starts, 0: everybody */
const volatile u64 only_cgroup;       /* only threads in this cgroup or below, 0: in any */
const volatile u32 only_cgroup_level; /* how deep it lies */
const volatile bool user_stacks;
/* Addresses of the kernel's variables; 0: not known. */
const volatile u64 vma_lock_cachep_at;
const volatile u64 per_cpu_offset_at; /* an array of u64, by processor */
/* Where the kernel's variables lie. */
const volatile u64 static_start;
const volatile u64 static_end;

/* ---- state ---- */

/* A processor spins for a lock in a task, a softirq, a hardirq and an NMI at most. */
#define SPINNING 4

struct processor {
	u32 inside;
	u32 pad;
	struct oriel_lock_waiting spinning[SPINNING];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct processor);
} processors SEC(".maps");

/* Waits that may sleep. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32); /* tid */
	__type(value, struct oriel_lock_waiting);
} sleepers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct oriel_lock_key);
	__type(value, struct oriel_lock_counters);
} rows SEC(".maps");

/* The round that counts; user space begins the next one, and takes away what was counted in those before. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} reading SEC(".maps");

/* By rounds: user space reads and empties the one that no program uses.  A stack is another one under the number of one that went. */
struct stacks {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16384);
	__uint(key_size, sizeof(u32));
	__uint(value_size, ORIEL_LOCK_FRAMES * sizeof(u64));
};

struct stacks stacks_even SEC(".maps");
struct stacks stacks_odd SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct oriel_lock_process);
	__type(value, struct oriel_lock_name);
} processes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64); /* address of a kmem_cache */
	__type(value, struct oriel_lock_name);
} caches SEC(".maps");

/* Whose page table a page is part of: those that were allocated while we look.  A page that is part of another later is written again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);   /* address of a struct page */
	__type(value, u64); /* address of an mm_struct */
} page_tables SEC(".maps");

/* With only_tgid: it, which user space puts here, and what it has started. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);   /* tgid */
	__type(value, u64); /* when it started, ns; 0: of the first it is not known */
} followed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, oriel_lock_hooks);
	__type(key, u32); /* enum oriel_lock_hooked */
	__type(value, u32);
} hooked SEC(".maps");

/* How often the slow path of each kind was entered. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, oriel_lock_kinds);
	__type(key, u32); /* enum oriel_lock_kind */
	__type(value, u64);
} entries SEC(".maps");

/* How far each processor's variables lie from their symbols; 0 until one of our programs has run on it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} per_cpu_offsets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, oriel_lock_refusals);
	__type(key, u32); /* enum oriel_lock_refusal */
	__type(value, u64);
} refusals SEC(".maps");

static __always_inline void refuse(u32 what)
{
	count_in(&refusals, what);
}

static __always_inline bool is_hooked(u32 what)
{
	u32 *set = bpf_map_lookup_elem(&hooked, &what);

	return set && *set;
}

static __always_inline bool is_wanted(void)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (only_tgid && !bpf_map_lookup_elem(&followed, &tgid))
		return false;
	return !only_cgroup || bpf_get_current_ancestor_cgroup_id(only_cgroup_level) == only_cgroup;
}

static __always_inline u32 this_round(void)
{
	u32 zero = 0, *round = bpf_map_lookup_elem(&reading, &zero);

	return round ? *round : 0;
}

static __always_inline void learn_per_cpu_offset(void)
{
	u32 zero = 0;
	u64 *offset = bpf_map_lookup_elem(&per_cpu_offsets, &zero);

	if (offset && !*offset && per_cpu_offset_at)
		*offset = read_word(per_cpu_offset_at + bpf_get_smp_processor_id() * sizeof(u64));
}

/*
 * The processor's state, which is ours until leave(); NULL if one of our programs runs on it already, or was preempted on it.  It is taken in
 * one step: nothing comes in between.
 */
static __always_inline struct processor *enter(void)
{
	u32 zero = 0;
	struct processor *here = bpf_map_lookup_elem(&processors, &zero);

	if (!here)
		return NULL;
	if (__sync_lock_test_and_set(&here->inside, 1)) {
		refuse(oriel_lock_nested);
		return NULL;
	}
	learn_per_cpu_offset();
	return here;
}

static __always_inline void leave(struct processor *here)
{
	here->inside = 0;
}

/* ---- who ---- */

static __always_inline void describe(struct task_struct *task, struct oriel_lock_process *process)
{
	process->tgid = BPF_CORE_READ(task, tgid);
	process->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
}

static __always_inline void remember_name(struct task_struct *task, const struct oriel_lock_process *process)
{
	struct oriel_lock_name name = {};

	if (bpf_map_lookup_elem(&processes, process))
		return;
	BPF_CORE_READ_STR_INTO((char(*)[16]) & name.text, task, group_leader, comm);
	if (bpf_map_update_elem(&processes, process, &name, BPF_NOEXIST))
		refuse(oriel_lock_no_name);
}

/* The low bits of both owner words are flags (kernel/locking/mutex.c, rwsem.c); bit 0 of an rwsem's says that readers hold it. */
static __always_inline void find_owner(u64 lock, u32 kind, struct oriel_lock_process *owner)
{
	u64 word = 0;

	if (kind == oriel_lock_mutex)
		word = BPF_CORE_READ((struct mutex *)lock, owner.counter);
	else if (kind == oriel_lock_rwsem_read || kind == oriel_lock_rwsem_write)
		word = BPF_CORE_READ((struct rw_semaphore *)lock, owner.counter);
	if (kind != oriel_lock_mutex && word & 1)
		return;
	word &= ~7ull;
	if (!word)
		return;
	describe((struct task_struct *)word, owner);
	remember_name((struct task_struct *)word, owner);
}

/* ---- which lock ---- */

/* The address space that the page table belongs to: the waiter's own where it was allocated before we looked, or too many were since. */
static __always_inline u64 space_of_page_table(u64 page, u64 waiters)
{
	u64 *mm = bpf_map_lookup_elem(&page_tables, &page);

	return mm ? *mm : waiters;
}

/* Remembers the cache's name; whether it is that of mm_structs. */
static __always_inline bool name_cache(u64 cache)
{
	struct oriel_lock_name name = {}, *known = bpf_map_lookup_elem(&caches, &cache);

	if (!known) {
		bpf_probe_read_kernel_str(name.text, sizeof(name.text), BPF_CORE_READ((struct kmem_cache *)cache, name));
		if (bpf_map_update_elem(&caches, &cache, &name, BPF_NOEXIST))
			refuse(oriel_lock_no_name);
		known = &name;
	}
	return *(u64 *)known->text == 0x63757274735f6d6dull; /* "mm_struc" */
}

static __always_inline u32 owner_of_space(u64 mm)
{
	return BPF_CORE_READ((struct mm_struct *)mm, owner, tgid);
}

static __always_inline void classify(u64 lock, struct task_struct *task, struct oriel_lock_key *key)
{
	bool is_rwsem = key->kind == oriel_lock_rwsem_read || key->kind == oriel_lock_rwsem_write;
	u64 mm = (u64)BPF_CORE_READ(task, mm), cache, page;

	key->object = lock;
	if (key->kind == oriel_lock_vma_write) {
		key->lock_class = oriel_lock_vma;
		key->object = mm;
		key->space = key->waiter.tgid;
	} else if (mm &&
		   lock - (mm + bpf_core_field_offset(((struct mm_struct *)0)->mmap_lock)) < bpf_core_type_size(struct rw_semaphore)) {
		/* It, or the spinlock inside of it. */
		key->lock_class = oriel_lock_mmap;
		key->object = mm;
		key->space = key->waiter.tgid;
	} else if (mm && lock == mm + bpf_core_field_offset(((struct mm_struct *)0)->page_table_lock)) {
		key->lock_class = oriel_lock_page_table_root;
		key->object = mm;
		key->space = key->waiter.tgid;
	} else if (lock >= static_start && lock < static_end) {
		key->lock_class = oriel_lock_static;
	} else if (key->kind == oriel_lock_spin && (page = page_table_of(lock))) {
		key->lock_class = oriel_lock_page_table;
		key->object = space_of_page_table(page, mm);
		key->space = key->object == mm ? (mm ? key->waiter.tgid : 0) : owner_of_space(key->object);
	} else if ((cache = cache_of(lock))) {
		key->lock_class = oriel_lock_slab;
		key->object = cache;
		if (is_rwsem && vma_lock_cachep_at && cache == read_word(vma_lock_cachep_at)) {
			key->lock_class = oriel_lock_vma;
			key->object = mm;
			key->space = mm ? key->waiter.tgid : 0;
		} else if (name_cache(cache) && is_rwsem) {
			key->lock_class = oriel_lock_mmap_foreign;
			key->object = lock - bpf_core_field_offset(((struct mm_struct *)0)->mmap_lock);
			key->space = owner_of_space(key->object);
		}
	}
}

/* ---- waits ---- */

/* include/uapi/asm-generic/errno-base.h */
#define ENOMEM 12
#define EEXIST 17

static __always_inline s32 stack_in(void *context, u32 round, u64 flags)
{
	return round & 1 ? bpf_get_stackid(context, &stacks_odd, flags) : bpf_get_stackid(context, &stacks_even, flags);
}

static __always_inline void begin(void *context, u64 lock, u32 kind, struct oriel_lock_waiting *waiting)
{
	__builtin_memset(waiting, 0, sizeof(*waiting));
	waiting->lock = lock;
	waiting->kind = kind;
	waiting->round = this_round();
	find_owner(lock, kind, &waiting->owner);
	waiting->kernel_stack = stack_in(context, waiting->round, 0);
	if (waiting->kernel_stack < 0)
		refuse(oriel_lock_no_stack);
	waiting->user_stack = user_stacks ? stack_in(context, waiting->round, BPF_F_USER_STACK) : -1;
	/* Other errors are of a thread that has none. */
	if (waiting->user_stack == -EEXIST || waiting->user_stack == -ENOMEM)
		refuse(oriel_lock_no_stack);
	waiting->since_ns = bpf_ktime_get_ns();
}

static __always_inline u32 slot_of(u64 ns)
{
	u32 slot = 0;

	if (ns >> 32)
		return ORIEL_LOCK_SLOTS - 1;
#pragma unroll
	for (u32 shift = 16; shift; shift /= 2)
		if (ns >> shift) {
			ns >>= shift;
			slot += shift;
		}
	return slot & (ORIEL_LOCK_SLOTS - 1);
}

static __always_inline void end(const struct oriel_lock_waiting *waiting, u64 now_ns)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct oriel_lock_counters *counters, none = {};
	/* The clocks of two processors may differ by some ns. */
	u64 waited_ns = (s64)(now_ns - waiting->since_ns) < 0 ? 0 : now_ns - waiting->since_ns;
	struct oriel_lock_key key = {
		.owner = waiting->owner,
		.kernel_stack = waiting->kernel_stack,
		.user_stack = waiting->user_stack,
		.kind = waiting->kind,
		.round = this_round(),
		.stack_round = waiting->round,
		.cgroup = bpf_get_current_cgroup_id(),
	};

	describe(task, &key.waiter);
	remember_name(task, &key.waiter);
	classify(waiting->lock, task, &key);
	counters = bpf_map_lookup_elem(&rows, &key);
	if (!counters) {
		bpf_map_update_elem(&rows, &key, &none, BPF_NOEXIST);
		counters = bpf_map_lookup_elem(&rows, &key);
	}
	if (!counters) {
		refuse(oriel_lock_no_row);
		return;
	}
	__sync_fetch_and_add(&counters->waits, 1);
	__sync_fetch_and_add(&counters->total_ns, waited_ns);
	if (waited_ns > counters->max_ns)
		counters->max_ns = waited_ns;
	__sync_fetch_and_add(&counters->histogram[slot_of(waited_ns)], 1);
}

static __always_inline struct oriel_lock_waiting *find_spinning(struct processor *here, u64 lock)
{
#pragma unroll
	for (u32 i = 0; i < SPINNING; i++)
		if (here->spinning[i].lock == lock)
			return &here->spinning[i];
	return NULL;
}

/* A contended qrwlock is waited for under a spinlock of its own, 4 bytes behind its start: that is one wait, not two. */
static __always_inline bool is_inside_rwlock(struct processor *here, u64 lock)
{
	struct oriel_lock_waiting *outer = find_spinning(here, lock - 4);

	return outer && (outer->kind == oriel_lock_rwlock_read || outer->kind == oriel_lock_rwlock_write);
}

/* The processor spins: no other task runs on it before the end. */
static __always_inline void begin_spinning(void *context, u64 lock, u32 kind)
{
	struct processor *here = enter();
	struct oriel_lock_waiting *free;

	if (!here)
		return;
	if (kind == oriel_lock_spin && is_inside_rwlock(here, lock)) {
		add_to(&entries, kind, -1);
		leave(here);
		return;
	}
	/* One that is left over from a wait whose end was not seen may be the same lock. */
	free = find_spinning(here, lock);
	if (!free)
		free = find_spinning(here, 0);
	if (!free) {
		refuse(oriel_lock_no_wait);
		free = &here->spinning[0];
	}
	begin(context, lock, kind, free);
	leave(here);
}

static __always_inline bool end_spinning(u64 lock, u64 now_ns)
{
	u32 zero = 0;
	struct processor *here = bpf_map_lookup_elem(&processors, &zero);
	struct oriel_lock_waiting *waiting = here ? find_spinning(here, lock) : NULL;

	if (!waiting)
		return false;
	if (enter()) {
		end(waiting, now_ns);
		leave(here);
	}
	waiting->lock = 0;
	return true;
}

static __always_inline void begin_sleeping(void *context, u64 lock, u32 kind)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct oriel_lock_waiting *known, waiting;
	struct processor *here = enter();

	if (!here)
		return;
	/* A mutex begins again whenever it goes from spinning to sleeping and back.  Of all others what is there is one whose end was not seen. */
	known = bpf_map_lookup_elem(&sleepers, &tid);
	if (!known || known->lock != lock || kind != oriel_lock_mutex) {
		begin(context, lock, kind, &waiting);
		if (bpf_map_update_elem(&sleepers, &tid, &waiting, BPF_ANY))
			refuse(oriel_lock_no_wait);
	}
	leave(here);
}

static __always_inline void end_sleeping(u64 lock, u64 now_ns)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct oriel_lock_waiting *waiting = bpf_map_lookup_elem(&sleepers, &tid);
	struct processor *here;

	if (!waiting || waiting->lock != lock)
		return;
	here = enter();
	if (!here) {
		bpf_map_delete_elem(&sleepers, &tid);
		return;
	}
	/* What it refers to is in a row before it goes from here: user space keeps what either refers to. */
	end(waiting, now_ns);
	bpf_map_delete_elem(&sleepers, &tid);
	leave(here);
}

/* ---- around slow paths ---- */

/* Programs are attached in this order, and an end whose begin was not seen does no harm: so each end stands before its begin. */

#define SPIN_SLOWPATH(function) \
	SEC("fexit/" #function) \
	int BPF_PROG(after_##function, void *lock) \
	{ \
		end_spinning((u64)lock, bpf_ktime_get_ns()); \
		return 0; \
	} \
	SEC("fentry/" #function) \
	int BPF_PROG(function, void *lock) \
	{ \
		if (!is_wanted()) \
			return 0; \
		count_in(&entries, oriel_lock_spin); \
		begin_spinning(ctx, (u64)lock, oriel_lock_spin); \
		return 0; \
	}

SPIN_SLOWPATH(native_queued_spin_lock_slowpath)
SPIN_SLOWPATH(__pv_queued_spin_lock_slowpath)

#define SLEEPING_SLOWPATH(function, kind) \
	SEC("fexit/" #function) \
	int BPF_PROG(after_##function, void *lock) \
	{ \
		end_sleeping((u64)lock, bpf_ktime_get_ns()); \
		return 0; \
	} \
	SEC("fentry/" #function) \
	int BPF_PROG(function, void *lock) \
	{ \
		if (!is_wanted()) \
			return 0; \
		count_in(&entries, kind); \
		begin_sleeping(ctx, (u64)lock, kind); \
		return 0; \
	}

SLEEPING_SLOWPATH(rwsem_down_read_slowpath, oriel_lock_rwsem_read)
SLEEPING_SLOWPATH(rwsem_down_write_slowpath, oriel_lock_rwsem_write)

SEC("fexit/__vma_start_write")
int BPF_PROG(after_vma_start_write, struct vm_area_struct *vma)
{
	end_sleeping((u64)vma, bpf_ktime_get_ns());
	return 0;
}

/* A writer of a VMA, from 6.16: it waits if there are readers. */
SEC("fentry/__vma_start_write")
int BPF_PROG(__vma_start_write, struct vm_area_struct *vma)
{
	if (!is_wanted() || !bpf_core_field_exists(vma->vm_refcnt) || BPF_CORE_READ(vma, vm_refcnt.refs.counter) <= 1)
		return 0;
	count_in(&entries, oriel_lock_vma_write);
	begin_sleeping(ctx, (u64)vma, oriel_lock_vma_write);
	return 0;
}

/* ---- slow paths that the tracepoints tell of: only how often ---- */

#define COUNTED_SLOWPATH(function, kind) \
	SEC("fentry/" #function) \
	int function(void *context) \
	{ \
		if (is_wanted()) \
			count_in(&entries, kind); \
		return 0; \
	}

COUNTED_SLOWPATH(queued_read_lock_slowpath, oriel_lock_rwlock_read)
COUNTED_SLOWPATH(queued_write_lock_slowpath, oriel_lock_rwlock_write)
COUNTED_SLOWPATH(__mutex_lock_slowpath, oriel_lock_mutex)
COUNTED_SLOWPATH(__mutex_lock_killable_slowpath, oriel_lock_mutex)
COUNTED_SLOWPATH(__mutex_lock_interruptible_slowpath, oriel_lock_mutex)

/* ---- tracepoints ---- */

/* include/trace/events/lock.h */
#define LCB_F_SPIN 1
#define LCB_F_READ 2
#define LCB_F_WRITE 4
#define LCB_F_RT 8
#define LCB_F_PERCPU 16
#define LCB_F_MUTEX 32

static __always_inline u32 kind_of(u32 flags)
{
	if (flags & LCB_F_MUTEX)
		return oriel_lock_mutex;
	if (flags & LCB_F_PERCPU)
		return flags & LCB_F_WRITE ? oriel_lock_percpu_write : oriel_lock_percpu_read;
	if (flags & LCB_F_RT)
		return oriel_lock_rt;
	if (flags & LCB_F_SPIN) {
		if (flags & LCB_F_WRITE)
			return oriel_lock_rwlock_write;
		return flags & LCB_F_READ ? oriel_lock_rwlock_read : oriel_lock_spin;
	}
	if (flags & LCB_F_WRITE)
		return oriel_lock_rwsem_write;
	return flags & LCB_F_READ ? oriel_lock_rwsem_read : oriel_lock_semaphore;
}

static __always_inline bool is_timed_elsewhere(u32 kind)
{
	if (kind == oriel_lock_spin)
		return is_hooked(oriel_lock_spin_hooked);
	if (kind == oriel_lock_rwsem_read || kind == oriel_lock_rwsem_write)
		return is_hooked(oriel_lock_rwsem_hooked);
	return false;
}

SEC("tp_btf/contention_end")
int BPF_PROG(contention_end, void *lock, int failed)
{
	u64 now_ns = bpf_ktime_get_ns();
	u32 zero = 0, tid = (u32)bpf_get_current_pid_tgid();
	struct processor *here = bpf_map_lookup_elem(&processors, &zero);
	struct oriel_lock_waiting *spinning = here ? find_spinning(here, (u64)lock) : NULL, *sleeping;

	/* The tracepoint lies inside the slow path: its own end is the one that counts. */
	if (spinning && is_timed_elsewhere(spinning->kind))
		return 0;
	if (spinning) {
		end_spinning((u64)lock, now_ns);
		return 0;
	}
	sleeping = bpf_map_lookup_elem(&sleepers, &tid);
	if (sleeping && !is_timed_elsewhere(sleeping->kind))
		end_sleeping((u64)lock, now_ns);
	return 0;
}

SEC("tp_btf/contention_begin")
int BPF_PROG(contention_begin, void *lock, unsigned int flags)
{
	u32 kind = kind_of(flags);

	if (!is_wanted() || is_timed_elsewhere(kind))
		return 0;
	if (kind == oriel_lock_spin || kind == oriel_lock_rwlock_read || kind == oriel_lock_rwlock_write)
		begin_spinning(ctx, (u64)lock, kind);
	else
		begin_sleeping(ctx, (u64)lock, kind);
	return 0;
}

/* ---- page tables come ---- */

static __always_inline void learn_page_table(u64 page, u64 mm)
{
	struct processor *here = enter();

	if (!here)
		return;
	if (bpf_map_update_elem(&page_tables, &page, &mm, BPF_ANY))
		refuse(oriel_lock_no_space);
	leave(here);
}

SEC("fexit/pte_alloc_one")
int BPF_PROG(after_pte_alloc_one, struct mm_struct *mm, struct page *page)
{
	if (page)
		learn_page_table((u64)page, (u64)mm);
	return 0;
}

#define PHYSICAL_ADDRESS 0x000ffffffffff000ull

/* A table of large pages.  If another thread was faster, it is that one's, for the same address space. */
SEC("fexit/__pmd_alloc")
int BPF_PROG(after_pmd_alloc, struct mm_struct *mm, pud_t *pud, unsigned long address, int failed)
{
	u64 base = read_word(vmemmap_base_at);

	if (!failed && base)
		learn_page_table(base + ((BPF_CORE_READ(pud, pud) & PHYSICAL_ADDRESS) >> PAGE_SHIFT) * bpf_core_type_size(struct page),
				 (u64)mm);
	return 0;
}

/* ---- processes come and go ---- */

/* Whoever gets the number of a process that was followed is followed only for its own sake. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(sched_process_fork, struct task_struct *parent, struct task_struct *child)
{
	u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid);
	u64 start_ns = BPF_CORE_READ(child, start_boottime);

	if (!only_tgid || from == to)
		return 0;
	if (!bpf_map_lookup_elem(&followed, &from))
		bpf_map_delete_elem(&followed, &to);
	else if (bpf_map_update_elem(&followed, &to, &start_ns, BPF_ANY))
		refuse(oriel_lock_no_wait);
	return 0;
}

/* A process that has waited before is named after what it runs now. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(sched_process_exec, struct task_struct *task)
{
	struct oriel_lock_process process = {};
	struct processor *here;

	describe(task, &process);
	here = bpf_map_lookup_elem(&processes, &process) ? enter() : NULL;
	if (!here)
		return 0;
	bpf_map_delete_elem(&processes, &process);
	remember_name(task, &process);
	leave(here);
	return 0;
}

/* Whoever gets the thread's number does not wait for what it waited for. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct processor *here = bpf_map_lookup_elem(&sleepers, &tid) ? enter() : NULL;

	if (!here)
		return 0;
	bpf_map_delete_elem(&sleepers, &tid);
	leave(here);
	return 0;
}

/* Behind its last wait.  Its number may be in use again. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(sched_process_free, struct task_struct *task)
{
	u32 tgid = BPF_CORE_READ(task, tgid);
	u64 *start_ns = only_tgid ? bpf_map_lookup_elem(&followed, &tgid) : NULL;

	if (start_ns && *start_ns == BPF_CORE_READ(task, start_boottime) && tgid == (u32)BPF_CORE_READ(task, pid))
		bpf_map_delete_elem(&followed, &tgid);
	return 0;
}
