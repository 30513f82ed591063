// SPDX-License-Identifier: GPL-2.0
/* All that is mounted: so that no two mounts share a lower directory, and to tell what they do. */
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "bindings/fs/okb_fs.h"

/* Guards the list and the ids.  Nothing is taken under it but dcache locks. */
static DEFINE_MUTEX(mounts_lock);
static LIST_HEAD(mounts); /* of okb_fs_super, ids ascending */
static u64 last_id;

static bool overlaps(const struct dentry *one, const struct dentry *other)
{
	return one->d_sb == other->d_sb &&
	       (is_subdir((struct dentry *)one, (struct dentry *)other) || is_subdir((struct dentry *)other, (struct dentry *)one));
}

int okb_fs_add_mount(struct super_block *sb, struct dentry *root)
{
	struct okb_fs_super *super = okb_fs_super(sb), *other;
	int status = 0;

	mutex_lock(&mounts_lock);
	list_for_each_entry(other, &mounts, mounts) {
		if (overlaps(root, other->root))
			status = -EBUSY;
	}
	if (!status) {
		super->sb = sb;
		super->root = root;
		super->id = ++last_id;
		list_add_tail(&super->mounts, &mounts);
	}
	mutex_unlock(&mounts_lock);
	return status;
}

void okb_fs_remove_mount(struct super_block *sb)
{
	mutex_lock(&mounts_lock);
	list_del_init(&okb_fs_super(sb)->mounts);
	mutex_unlock(&mounts_lock);
}

/* What is there is what came less what went; as processors are read one after the other, that may be less than nothing. */
static void not_below_zero(u64 *count)
{
	if ((s64)*count < 0)
		*count = 0;
}

static void add_up(const struct okb_fs_super *super, struct okb_fs_stat *stat)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct okb_fs_counts *counts = per_cpu_ptr(super->counts, cpu);
		u64 sums[okb_fs_counted];

		for (i = 0; i < okb_fs_counted; i++)
			sums[i] = READ_ONCE(counts->of[i]);
		stat->reads += sums[okb_fs_reads];
		stat->writes += sums[okb_fs_writes];
		stat->read_bytes += sums[okb_fs_read_bytes];
		stat->written_bytes += sums[okb_fs_written_bytes];
		stat->direct += sums[okb_fs_direct];
		stat->queued += sums[okb_fs_queued];
		stat->retried += sums[okb_fs_retried];
		stat->bounced += sums[okb_fs_bounced];
		stat->cached_reads += sums[okb_fs_cached_reads];
		stat->cached_writes += sums[okb_fs_cached_writes];
		stat->entered += sums[okb_fs_entered];
		stat->cached_inodes += sums[okb_fs_entered] - sums[okb_fs_left];
		stat->inodes += sums[okb_fs_made_inodes] - sums[okb_fs_gone_inodes];
		stat->stale += sums[okb_fs_stale];
		stat->cuts += sums[okb_fs_cuts];
		stat->inserts += sums[okb_fs_inserts];
		stat->punches += sums[okb_fs_punches];
		stat->piecewise_changes += sums[okb_fs_piecewise_changes];
		stat->cached_changes += sums[okb_fs_cached_changes];
		stat->dropped_pages += sums[okb_fs_dropped_pages];
		stat->first_cuts += sums[okb_fs_first_cuts];
		stat->commits += sums[okb_fs_commits];
		stat->checkpoints += sums[okb_fs_checkpoints];
		stat->compactions += sums[okb_fs_compactions];
		stat->compacted_bytes += sums[okb_fs_compacted_bytes];
		stat->freed_bytes += sums[okb_fs_freed_bytes];
		stat->cut_inodes += sums[okb_fs_made_cut_inodes] - sums[okb_fs_gone_cut_inodes];
		stat->cut_extents += sums[okb_fs_extents];
	}
	not_below_zero(&stat->cached_inodes);
	not_below_zero(&stat->inodes);
	not_below_zero(&stat->cut_inodes);
	not_below_zero(&stat->cut_extents);
	stat->in_flight = atomic_read(&super->in_flight);
	stat->deepest = atomic_read(&super->deepest);
}

int okb_fs_next_mount(u64 after, struct okb_fs_mount *mount)
{
	struct okb_fs_super *super;
	int status = -ENOENT;

	memset(mount, 0, sizeof(*mount));
	mutex_lock(&mounts_lock);
	list_for_each_entry(super, &mounts, mounts) {
		if (super->id <= after)
			continue;
		mount->id = super->id;
		mount->major = MAJOR(super->sb->s_dev);
		mount->minor = MINOR(super->sb->s_dev);
		strscpy(mount->source, super->source, sizeof(mount->source));
		strscpy(mount->type, super->lower->mnt_sb->s_type->name, sizeof(mount->type));
		add_up(super, &mount->stat);
		status = 0;
		break;
	}
	mutex_unlock(&mounts_lock);
	return status;
}
