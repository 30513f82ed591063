// SPDX-License-Identifier: GPL-2.0
/*
 * css_sets, and their links to control groups; see cgroup_links.h.
 *
 * They are read at once, in one run of an iterator over control groups: the kernel holds cgroup_mutex around it, under which alone css_sets
 * are made.  They can still go meanwhile, when the last task leaves one; then the kernel's own count falls before anything is freed.  So if
 * that count is the same before and after, what was read between is exact.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "cgroup_links.h"

char LICENSE[] SEC("license") = "GPL";

const volatile u32 only_tgid; /* whose threads read_tasks() tells of */

/* kernel/cgroup/cgroup.c; 0 until find_symbols() has run */
u64 css_set_table, css_set_count, cgroup_roots;
const char css_set_table_name[] = "css_set_table", css_set_count_name[] = "css_set_count", cgroup_roots_name[] = "cgroup_roots";

#define CSS_SET_BUCKETS 128 /* 1 << CSS_SET_HASH_BITS */
#define CSS_ONLINE 2
#define MOST_SETS (1 << 20) /* where a list is broken, reading must end as well */
#define MOST_LINKS 1024

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1024); /* user space makes more */
	__type(key, u32);
	__type(value, struct oriel_cgroup_set);
} sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct oriel_cgroup_link);
} links SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct oriel_cgroup_totals);
} totals SEC(".maps");

/* Where reading has come to. */
struct walk {
	struct oriel_cgroup_totals *totals;
	struct hlist_node *node;
	struct css_set *set;
	struct list_head *at;
	struct list_head *head;
	u32 links_of_set;
};

#define member_of(pointer, type, member) ((type *)((void *)(pointer)-bpf_core_field_offset(type, member)))

static __always_inline u32 number_at(const void *address)
{
	u32 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), address);
	return number;
}

static long visit_link(u32 index, struct walk *walk)
{
	struct cgrp_cset_link *link;
	struct oriel_cgroup_link *row;
	struct cgroup *group;
	u32 number = walk->totals->links;

	if (walk->at == walk->head || !walk->at)
		return 1;
	link = member_of(walk->at, struct cgrp_cset_link, cgrp_link);
	walk->at = BPF_CORE_READ(link, cgrp_link.next);
	if (BPF_CORE_READ(link, cset) != walk->set) {
		walk->totals->broken++;
		return 1;
	}
	group = BPF_CORE_READ(link, cgrp);
	walk->totals->links++;
	walk->links_of_set++;
	row = bpf_map_lookup_elem(&links, &number);
	if (!row)
		return 0;
	row->set = (u64)walk->set;
	row->cgroup = BPF_CORE_READ(group, kn, id);
	row->hierarchy = BPF_CORE_READ(group, root, hierarchy_id);
	row->level = BPF_CORE_READ(group, level);
	row->dying = !(BPF_CORE_READ(group, self.flags) & CSS_ONLINE);
	if (bpf_probe_read_kernel_str(row->name, sizeof(row->name), BPF_CORE_READ(group, kn, name)) < 0)
		row->name[0] = 0;
	return 0;
}

static long visit_set(u32 index, struct walk *walk)
{
	struct oriel_cgroup_set *row;
	u32 number = walk->totals->sets, tasks;
	struct css_set *set;

	if (!walk->node)
		return 1;
	set = member_of(walk->node, struct css_set, hlist);
	walk->node = BPF_CORE_READ(set, hlist.next);
	walk->set = set;
	walk->head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	walk->at = BPF_CORE_READ(set, cgrp_links.next);
	walk->links_of_set = 0;
	bpf_loop(MOST_LINKS, visit_link, walk, 0);
	tasks = BPF_CORE_READ(set, nr_tasks);
	walk->totals->sets++;
	walk->totals->tasks += tasks;
	row = bpf_map_lookup_elem(&sets, &number);
	if (!row)
		return 0;
	row->set = (u64)set;
	row->tasks = tasks;
	row->references = BPF_CORE_READ(set, refcount.refs.counter);
	row->links = walk->links_of_set;
	row->dead = BPF_CORE_READ(set, dead);
	return 0;
}

static long visit_bucket(u32 index, struct walk *walk)
{
	const struct hlist_head *bucket = (const void *)css_set_table + index * sizeof(void *);

	if (bpf_probe_read_kernel(&walk->node, sizeof(walk->node), bucket))
		return 1;
	bpf_loop(MOST_SETS, visit_set, walk, 0);
	return 0;
}

static long visit_root(u32 index, struct walk *walk)
{
	struct oriel_cgroup_hierarchy *row;
	struct cgroup_root *root;
	u32 number = walk->totals->hierarchies;

	if (walk->at == walk->head || !walk->at || number >= ORIEL_CGROUP_HIERARCHIES)
		return 1;
	root = member_of(walk->at, struct cgroup_root, root_list);
	walk->at = BPF_CORE_READ(root, root_list.next);
	row = &walk->totals->hierarchy[number];
	row->number = BPF_CORE_READ(root, hierarchy_id);
	row->cgroups = BPF_CORE_READ(root, cgrp.nr_descendants) + 1;
	row->dying = BPF_CORE_READ(root, cgrp.nr_dying_descendants);
	walk->totals->hierarchies++;
	return 0;
}

/*
 * Runs once, before the others.  The kernel finds a name in some 30,000 instructions; reading /proc/kallsyms, as libbpf does for a symbol,
 * takes 500 million.  Returns -EPERM where the kernel hides its addresses.
 */
SEC("syscall")
int find_symbols(void *context)
{
	long failed = bpf_kallsyms_lookup_name(css_set_count_name, sizeof(css_set_count_name), 0, &css_set_count);

	failed = failed ?: bpf_kallsyms_lookup_name(cgroup_roots_name, sizeof(cgroup_roots_name), 0, &cgroup_roots);
	return failed ?: bpf_kallsyms_lookup_name(css_set_table_name, sizeof(css_set_table_name), 0, &css_set_table);
}

SEC("iter/cgroup")
int read_links(struct bpf_iter__cgroup *context)
{
	struct walk walk = {};
	u32 zero = 0;

	if (!context->cgroup || !css_set_table) /* the end of the iteration */
		return 0;
	walk.totals = bpf_map_lookup_elem(&totals, &zero);
	if (!walk.totals)
		return 0;
	__builtin_memset(walk.totals, 0, offsetof(struct oriel_cgroup_totals, hierarchy));
	walk.totals->set_bytes = bpf_core_type_size(struct css_set);
	walk.totals->link_bytes = bpf_core_type_size(struct cgrp_cset_link);
	walk.head = (void *)cgroup_roots;
	bpf_probe_read_kernel(&walk.at, sizeof(walk.at), walk.head);
	bpf_loop(ORIEL_CGROUP_HIERARCHIES + 1, visit_root, &walk, 0);
	walk.totals->kernel_sets_before = number_at((const void *)css_set_count);
	bpf_loop(CSS_SET_BUCKETS, visit_bucket, &walk, 0);
	walk.totals->kernel_sets_after = number_at((const void *)css_set_count);
	return 0;
}

/* Writes an oriel_cgroup_task for each thread of a process. */
SEC("iter/task")
int read_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct oriel_cgroup_task row = {};

	if (!task || task->tgid != only_tgid)
		return 0;
	row.set = (u64)task->cgroups;
	row.tid = task->pid;
	row.tgid = task->tgid;
	bpf_seq_write(context->meta->seq, &row, sizeof(row));
	return 0;
}
