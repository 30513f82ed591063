// SPDX-License-Identifier: GPL-2.0
/*
 * Cut files: how an inode becomes one, what changes where its bytes lie, and how that becomes durable.  Where they lie is known to
 * module/fs/cut_file.h only.
 *
 * While somebody is at work here the inode is locked, but for making durable, which the flusher does, too.
 */
#include <linux/fiemap.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/writeback.h>
#include <uapi/linux/oriel_fs.h>

#include <linux/falloc.h> /* wants types of the others */

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_cut.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/times.h"

unsigned int okb_fs_lock_map(struct okb_fs_cut *cut)
{
	unsigned int nofs = memalloc_nofs_save();

	down_write(&cut->lock);
	return nofs;
}

/* With the map locked for changes, or alone with it. */
static void count_extents(struct okb_fs_cut *cut, u32 now)
{
	okb_fs_add(cut->lower.inode->i_sb, okb_fs_extents, (u64)now - cut->counted);
	cut->counted = now;
}

void okb_fs_unlock_map(struct okb_fs_cut *cut, unsigned int nofs)
{
	count_extents(cut, oriel_cut_count(cut->map));
	up_write(&cut->lock);
	memalloc_nofs_restore(nofs);
}

/* ---- becoming one ---- */

/* With the mounter's credentials. */
static struct okb_fs_cut *make(struct inode *inode, const struct path *lower)
{
	struct okb_fs_cut *made = kzalloc(sizeof(*made), GFP_KERNEL_ACCOUNT);
	int status;

	if (!made)
		return ERR_PTR(-ENOMEM);
	mutex_init(&made->sync);
	init_rwsem(&made->writers);
	init_rwsem(&made->lock);
	status = okb_fs_open_lower(&made->lower, inode, lower);
	if (!status)
		return made;
	kfree(made);
	return ERR_PTR(status);
}

static void destroy(struct okb_fs_cut *cut)
{
	oriel_cut_close(cut->map);
	okb_fs_close_lower(&cut->lower);
	kfree(cut);
}

/* From now on everybody sees the map. */
static void publish(struct inode *inode, struct okb_fs_cut *cut)
{
	i_size_write(inode, oriel_cut_size(cut->map));
	count_extents(cut, oriel_cut_count(cut->map));
	okb_fs_add(inode->i_sb, okb_fs_made_cut_inodes, 1);
	okb_fs_watch(inode);
	smp_store_release(&okb_fs_inode(inode)->cut, cut);
	smp_store_release(&okb_fs_inode(inode)->judged, true);
}

static int load(void *of)
{
	struct okb_fs_cut *cut = of;
	unsigned int nofs = memalloc_nofs_save();
	int status = oriel_cut_open(&cut->lower, &cut->map);

	memalloc_nofs_restore(nofs);
	return status;
}

/* Reading the map may have to put back a first cut that was interrupted, and only then needs a lower that can be written to. */
static int load_or_mend(struct okb_fs_cut *cut)
{
	struct super_block *sb = cut->lower.inode->i_sb;
	int status;

	cut->lower.read_only = true;
	status = load(cut);
	if (status != -EROFS || sb_rdonly(sb))
		return status;
	status = mnt_want_write(okb_fs_super(sb)->lower);
	if (status)
		return status;
	cut->lower.read_only = false;
	status = okb_fs_run_in_thread(okb_fs_thread_begun, load, cut);
	mnt_drop_write(okb_fs_super(sb)->lower);
	return status;
}

int okb_fs_judge_locked(struct inode *inode, const struct path *lower)
{
	struct okb_fs_inode *ours = okb_fs_inode(inode);
	const struct cred *caller;
	struct okb_fs_cut *cut;
	int status;

	if (ours->judged)
		return 0;
	if (!oriel_cut_is_size((u64)i_size_read(ours->lower))) {
		smp_store_release(&ours->judged, true);
		return 0;
	}
	caller = okb_fs_enter(inode->i_sb);
	cut = make(inode, lower);
	status = IS_ERR(cut) ? PTR_ERR(cut) : load_or_mend(cut);
	if (!status)
		cut->lower.read_only = false;
	if (!status && cut->map)
		publish(inode, cut);
	else if (!IS_ERR(cut))
		destroy(cut);
	revert_creds(caller);
	if (!status)
		smp_store_release(&ours->judged, true);
	return status;
}

int okb_fs_judge(struct inode *inode, const struct path *lower)
{
	int status;

	if (!S_ISREG(inode->i_mode) || smp_load_acquire(&okb_fs_inode(inode)->judged))
		return 0;
	inode_lock(inode);
	status = okb_fs_judge_locked(inode, lower);
	inode_unlock(inode);
	return status;
}

static int first_cut(void *of)
{
	struct okb_fs_cut *cut = of;
	unsigned int nofs = memalloc_nofs_save();
	int status = oriel_cut_first(&cut->lower, &cut->map);

	memalloc_nofs_restore(nofs);
	return status;
}

/* With the change begun, and nobody who reads or writes, or has pages that are dirty. */
static int become_cut(struct inode *inode, const struct path *lower)
{
	struct okb_fs_inode *ours = okb_fs_inode(inode);
	struct okb_fs_cut *cut = make(inode, lower);
	int status;

	if (IS_ERR(cut))
		return PTR_ERR(cut);
	WRITE_ONCE(ours->becoming, true);
	okb_fs_begin_own_change(inode);
	status = okb_fs_run_in_thread(okb_fs_thread_begun, first_cut, cut);
	okb_fs_end_own_change(inode);
	if (!status) {
		publish(inode, cut);
		okb_fs_add(inode->i_sb, okb_fs_first_cuts, 1);
		if (okb_fs_mode(inode) == ORIEL_FS_PIECEWISE)
			trace_fs_mode(inode, ORIEL_FS_PIECEWISE);
	} else {
		destroy(cut);
	}
	if (status == -EUCLEAN)
		WRITE_ONCE(ours->broken, true);
	WRITE_ONCE(ours->becoming, false);
	return status == -EUCLEAN ? -EIO : status;
}

/* ---- making durable ---- */

struct syncing {
	struct okb_fs_cut *cut;
	bool only_data;
};

static int commit(void *of)
{
	const struct syncing *syncing = of;
	struct okb_fs_cut *cut = syncing->cut;
	unsigned int nofs;
	int status;

	mutex_lock(&cut->sync);
	cut->lower.only_data = syncing->only_data;
	nofs = okb_fs_lock_map(cut);
	status = oriel_cut_begin_sync(cut->map);
	up_write(&cut->lock);
	if (!status) {
		status = oriel_cut_commit(cut->map);
		down_write(&cut->lock);
		oriel_cut_end_sync(cut->map, status);
		up_write(&cut->lock);
	}
	memalloc_nofs_restore(nofs);
	cut->lower.only_data = false;
	mutex_unlock(&cut->sync);
	return status;
}

int okb_fs_commit(struct okb_fs_cut *cut, bool only_data)
{
	struct syncing syncing = {.cut = cut, .only_data = only_data};

	return okb_fs_run_in_thread(okb_fs_thread_begun, commit, &syncing);
}

static bool is_pending(struct okb_fs_cut *cut)
{
	bool pending;

	down_read(&cut->lock);
	pending = oriel_cut_pending(cut->map);
	up_read(&cut->lock);
	return pending;
}

static bool lacks_room(ssize_t status)
{
	return status == -ENOSPC || status == -EDQUOT || status == -EFBIG;
}

bool okb_fs_makes_room(struct okb_fs_cut *cut, ssize_t failure)
{
	return lacks_room(failure) && (!is_pending(cut) || !okb_fs_commit(cut, true));
}

int okb_fs_sync_cut(struct inode *inode, bool only_data)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	const struct cred *caller;
	int status;

	status = okb_fs_is_stale(inode);
	if (status)
		return status;
	if (!is_pending(cut)) {
		caller = okb_fs_enter(inode->i_sb);
		status = okb_fs_flush_lower(&cut->lower, only_data);
		revert_creds(caller);
		return status;
	}
	status = okb_fs_begin_change(inode->i_sb, &caller);
	if (status)
		return status;
	okb_fs_begin_own_change(inode);
	status = okb_fs_commit(cut, only_data);
	okb_fs_end_own_change(inode);
	okb_fs_end_change(inode->i_sb, caller);
	if (cut->lower.writer)
		okb_fs_write_times(inode, cut->lower.writer);
	return status;
}

int okb_fs_write_inode(struct inode *inode, struct writeback_control *control)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	int status = cut && is_pending(cut) ? okb_fs_sync_cut(inode, true) : 0;

	if (status) {
		mapping_set_error(inode->i_mapping, status);
		mark_inode_dirty_sync(inode); /* it is tried again */
	}
	return status;
}

void okb_fs_evict_cut(struct inode *inode)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);

	if (!cut)
		return;
	okb_fs_inode(inode)->cut = NULL;
	/* Nobody is left whom fsync(2) could tell; of a stale one it is what was promised. */
	if (inode->i_nlink && oriel_cut_pending(cut->map) && !READ_ONCE(okb_fs_inode(inode)->stale))
		pr_warn_ratelimited("orielfs: the last changes of a file are lost, as the lower did not take them: inode %llu on %s\n",
				    (unsigned long long)okb_fs_lower_inode(inode)->i_ino, okb_fs_lower_inode(inode)->i_sb->s_id);
	count_extents(cut, 0);
	okb_fs_add(inode->i_sb, okb_fs_gone_cut_inodes, 1);
	destroy(cut);
}

/* ---- operations ---- */

static int carry_out(struct oriel_cut *map, int mode, u64 offset, u64 length)
{
	int may_grow = !(mode & FALLOC_FL_KEEP_SIZE);

	switch (mode & ~FALLOC_FL_KEEP_SIZE) {
	case 0:
		return oriel_cut_allocate(map, offset, length, may_grow);
	case FALLOC_FL_COLLAPSE_RANGE:
		return oriel_cut_collapse(map, offset, length);
	case FALLOC_FL_INSERT_RANGE:
		return oriel_cut_insert(map, offset, length);
	case FALLOC_FL_PUNCH_HOLE:
		return oriel_cut_punch(map, offset, length);
	case FALLOC_FL_ZERO_RANGE:
		return oriel_cut_zero(map, offset, length, may_grow);
	default:
		return -EOPNOTSUPP;
	}
}

/* Whether an operation may have to make the extents fewer first, anywhere in the file. */
static bool is_full(struct okb_fs_cut *cut)
{
	bool full;

	down_read(&cut->lock);
	full = oriel_cut_count(cut->map) > ORIEL_CUT_MOST_EXTENTS - 64;
	up_read(&cut->lock);
	return full;
}

/* With the map locked. */
static void take_size(struct inode *inode, struct okb_fs_cut *cut, bool shrinks)
{
	u64 size = oriel_cut_size(cut->map);

	if (shrinks || size > (u64)i_size_read(inode)) /* what is in pages only may go on behind the end of the map */
		i_size_write(inode, size);
}

/* One change of the map, and what else has to be done while it is locked. */
struct change {
	int (*run)(struct inode *inode, struct okb_fs_cut *cut, const struct change *change);
	int mode;
	loff_t offset, length;
	struct oriel_fs_compact *step;
};

struct operation {
	struct inode *inode;
	const struct change *change;
};

static int run_locked(void *of)
{
	const struct operation *operation = of;
	struct okb_fs_cut *cut = okb_fs_cut(operation->inode);
	unsigned int nofs = okb_fs_lock_map(cut);
	int status = operation->change->run(operation->inode, cut, operation->change);

	okb_fs_unlock_map(cut, nofs);
	return status;
}

/* Pages of what the operation leaves where it is may be written back meanwhile, and have to be waited for where extents are made fewer. */
static int run(void *of)
{
	const struct operation *operation = of;
	struct okb_fs_cut *cut = okb_fs_cut(operation->inode);
	int status = run_locked(of);

	if (status != -EBUSY)
		return status;
	down_write(&cut->writers);
	status = run_locked(of);
	up_write(&cut->writers);
	return status;
}

/*
 * With the change begun.  What was freed can be used again once it is durable that it is free.  A limit of the caller's is for the size of the
 * file, not for where the lower keeps its bytes.  What failed in the middle, as it may, is to be made durable as well.
 */
static int operate(struct inode *inode, const struct change *change)
{
	struct operation operation = {.inode = inode, .change = change};
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	bool committed = false;
	int status;

	for (;;) {
		status = okb_fs_is_limited() ? okb_fs_run_in_thread(okb_fs_thread_begun, run, &operation) : run(&operation);
		if (status)
			mark_inode_dirty(inode);
		if (committed || !okb_fs_makes_room(cut, status))
			return status == -E2BIG ? -EFBIG : status;
		committed = true;
	}
}

static int allocate(struct inode *inode, struct okb_fs_cut *cut, const struct change *change)
{
	int status = carry_out(cut->map, change->mode, change->offset, change->length);

	take_size(inode, cut, change->mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE));
	return status;
}

static int resize(struct inode *inode, struct okb_fs_cut *cut, const struct change *change)
{
	return oriel_cut_resize(cut->map, change->offset);
}

static int compact(struct inode *inode, struct okb_fs_cut *cut, const struct change *change)
{
	int status = oriel_cut_compact(cut->map, &change->step->offset);

	if (!status)
		change->step->offset = oriel_cut_size(cut->map);
	change->step->extents = oriel_cut_count(cut->map);
	return min(status, 0);
}

/* Nobody reads or writes until end_alone(), and the change is begun.  But *cached: only as a user of the pages, and it is not begun. */
static int begin_alone(struct inode *inode, bool *cached, const struct cred **caller)
{
	int status = okb_fs_begin_change(inode->i_sb, caller);

	if (status)
		return status;
	*cached = !okb_fs_begin_alone(inode);
	if (*cached)
		okb_fs_end_change(inode->i_sb, *caller);
	return 0;
}

/* Pages of the range are clean, and stay so. */
static int begin_alone_range(struct inode *inode, loff_t start, loff_t end, bool *cached, const struct cred **caller)
{
	int status = begin_alone(inode, cached, caller);

	if (status || !*cached)
		return status;
	status = okb_fs_begin_cached_change(inode, start, end, caller);
	if (status)
		okb_fs_drop_pages(inode);
	return status;
}

static void end_alone(struct inode *inode, bool cached, const struct cred *caller)
{
	if (cached) {
		okb_fs_end_cached_change(inode, caller);
		okb_fs_drop_pages(inode);
	} else {
		okb_fs_end_alone(inode);
		okb_fs_end_change(inode->i_sb, caller);
	}
}

static void note_change(struct inode *inode)
{
	inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
	mark_inode_dirty(inode);
}

void okb_fs_take_cut_size(struct inode *inode)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);

	if (!cut)
		return;
	down_read(&cut->lock);
	i_size_write(inode, oriel_cut_size(cut->map));
	up_read(&cut->lock);
}

void okb_fs_note_written(struct inode *inode, loff_t end)
{
	if (end > i_size_read(inode))
		i_size_write(inode, end);
	note_change(inode);
}

static int check_allocation(struct inode *inode, int mode, loff_t offset, loff_t length)
{
	loff_t size = i_size_read(inode);

	if (mode & FALLOC_FL_COLLAPSE_RANGE)
		return offset + length >= size ? -EINVAL : 0;
	if (mode & FALLOC_FL_INSERT_RANGE && offset >= size)
		return -EINVAL;
	if (mode & FALLOC_FL_INSERT_RANGE)
		return length > inode->i_sb->s_maxbytes - size ? -EFBIG : 0;
	return mode & FALLOC_FL_KEEP_SIZE || offset + length <= size ? 0 : inode_newsize_ok(inode, offset + length);
}

static void count_change(const struct inode *inode, int mode, bool cached)
{
	okb_fs_add(inode->i_sb,
		   mode & FALLOC_FL_COLLAPSE_RANGE ? okb_fs_cuts
		   : mode & FALLOC_FL_INSERT_RANGE ? okb_fs_inserts
						   : okb_fs_punches,
		   1);
	okb_fs_add(inode->i_sb, cached ? okb_fs_cached_changes : okb_fs_piecewise_changes, 1);
}

/* With the change begun. */
static int allocate_or_become(struct inode *inode, const struct path *lower, const struct change *change, loff_t last)
{
	int status = okb_fs_cut(inode) ? 0 : become_cut(inode, lower);

	if (status)
		return status;
	okb_fs_forget_range(inode, change->offset, last); /* in piecewise mode there is nothing */
	status = operate(inode, change);
	if (!status)
		note_change(inode);
	return status;
}

/* Much that was freed is of use only once it is durable that it is free.  If that fails, whoever makes it durable is told. */
static void commit_if_wanted(struct okb_fs_cut *cut)
{
	bool wanted;

	down_read(&cut->lock);
	wanted = oriel_cut_wants_sync(cut->map);
	up_read(&cut->lock);
	if (wanted)
		okb_fs_commit(cut, true);
}

static int change_range(struct file *file, int mode, loff_t offset, loff_t length)
{
	const struct change change = {.run = allocate, .mode = mode, .offset = offset, .length = length};
	bool moves = mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE), whole, cached;
	struct path lower = okb_fs_lower_path(file_dentry(file));
	loff_t last = moves ? LLONG_MAX : offset + length - 1;
	struct inode *inode = file_inode(file);
	const struct cred *caller;
	int status = check_allocation(inode, mode, offset, length);

	if (!status && okb_fs_cut(inode))
		status = okb_fs_is_stale(inode);
	if (status)
		return status;
	whole = !okb_fs_cut(inode) || is_full(okb_fs_cut(inode));
	status = begin_alone_range(inode, whole ? 0 : offset, whole ? LLONG_MAX : last, &cached, &caller);
	if (status)
		return status;
	status = allocate_or_become(inode, &lower, &change, last);
	if (!status) {
		count_change(inode, mode, cached);
		commit_if_wanted(okb_fs_cut(inode));
	}
	end_alone(inode, cached, caller);
	if (!status && (file->f_flags & O_DSYNC || IS_SYNC(inode)))
		status = okb_fs_sync_cut(inode, !(file->f_flags & __O_SYNC || IS_SYNC(inode)));
	return status;
}

long okb_fs_allocate_cut(struct file *file, int mode, loff_t offset, loff_t length)
{
	struct inode *inode = file_inode(file);
	bool was_cut = okb_fs_cut(inode);
	int status = change_range(file, mode, offset, length);

	trace_fs_cut(inode, mode, offset, length, !was_cut && okb_fs_cut(inode), status);
	return status;
}

/* With the inode locked.  The bytes stay where they are in the file, so pages of ours may stay too; but none is read or written meanwhile. */
static int compact_locked(struct inode *inode, struct oriel_fs_compact *step)
{
	const struct change change = {.run = compact, .step = step};
	const struct cred *caller;
	bool cached;
	int status = okb_fs_is_stale(inode) ?: begin_alone_range(inode, 0, LLONG_MAX, &cached, &caller);

	if (status)
		return status;
	status = operate(inode, &change);
	mark_inode_dirty(inode);
	end_alone(inode, cached, caller);
	return status;
}

int okb_fs_compact_cut(struct inode *inode, struct oriel_fs_compact *step)
{
	int status = 0;

	inode_lock(inode);
	if (okb_fs_cut(inode))
		status = compact_locked(inode, step);
	else
		*step = (struct oriel_fs_compact){.abi = step->abi, .offset = i_size_read(inode)};
	inode_unlock(inode);
	return status;
}

/* Until there are fewer, or no more to be looked at; the map may end before the file, as what lies behind is in pages. */
int okb_fs_make_room(struct inode *inode)
{
	struct oriel_fs_compact step = {};
	bool goes_on = okb_fs_cut(inode) && is_full(okb_fs_cut(inode));
	int status = 0;

	while (!status && goes_on) {
		u64 before = step.offset;

		status = fatal_signal_pending(current) ? -EINTR : compact_locked(inode, &step);
		goes_on = step.offset > before && step.extents > ORIEL_CUT_MOST_EXTENTS / 8 * 7;
	}
	return lacks_room(status) || status == -ENOMEM ? 0 : status; /* a write in place needs none */
}

/* The same for a change of the size. */
static int begin_alone_size(struct inode *inode, loff_t size, bool *cached, const struct cred **caller)
{
	int status;

	if (is_full(okb_fs_cut(inode))) {
		status = begin_alone_range(inode, 0, LLONG_MAX, cached, caller);
		if (!status)
			okb_fs_forget_range(inode, 0, LLONG_MAX); /* a mapping may have written behind the end */
		return status;
	}
	status = begin_alone(inode, cached, caller);
	if (status || !*cached)
		return status;
	status = okb_fs_begin_cached_size(inode, size, caller);
	if (status)
		okb_fs_drop_pages(inode);
	return status;
}

int okb_fs_set_cut_size(struct inode *inode, loff_t size)
{
	const struct change change = {.run = resize, .offset = size};
	const struct cred *caller;
	bool cached;
	int status = okb_fs_is_stale(inode) ?: begin_alone_size(inode, size, &cached, &caller);

	if (status)
		return status;
	status = operate(inode, &change);
	if (!status) {
		truncate_setsize(inode, size);
		note_change(inode);
	}
	end_alone(inode, cached, caller);
	return status;
}

/* ---- looking ---- */

void okb_fs_stat_cut(const struct inode *inode, struct kstat *stat)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	struct timespec64 changed = oriel_get_ctime(inode);

	stat->size = i_size_read(inode);
	stat->mtime = inode_get_mtime(inode);
	if (timespec64_compare(&changed, &stat->ctime) > 0)
		stat->ctime = changed;        /* the lower is not told yet */
	stat->result_mask &= ~STATX_DIOALIGN; /* such requests go through the lower's page cache */
	down_read(&cut->lock);
	stat->blocks = DIV_ROUND_UP(oriel_cut_allocated(cut->map), 512);
	up_read(&cut->lock);
}

void okb_fs_tell_cut(struct inode *inode, struct oriel_fs_look *told)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);

	*told = (struct oriel_fs_look){.abi = told->abi, .cut = !!cut};
	told->mode = okb_fs_mode(inode);
	if (!cut)
		return;
	down_read(&cut->lock);
	told->extents = oriel_cut_count(cut->map);
	told->allocated = oriel_cut_allocated(cut->map);
	told->memory = oriel_cut_memory(cut->map);
	told->pending = oriel_cut_pending(cut->map);
	up_read(&cut->lock);
}

static struct oriel_cut_part part_at(struct okb_fs_cut *cut, u64 offset)
{
	struct oriel_cut_part part = {};

	down_read(&cut->lock);
	oriel_cut_look(cut->map, offset, LLONG_MAX - offset, &part, 1);
	up_read(&cut->lock);
	return part;
}

loff_t okb_fs_seek_cut(struct inode *inode, loff_t offset, int whence)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	loff_t end = i_size_read(inode);

	if (offset < 0 || offset >= end)
		return -ENXIO;
	while (offset < end) {
		struct oriel_cut_part part = part_at(cut, offset);

		if (!part.length || (part.kind == oriel_cut_data) == (whence == SEEK_DATA))
			break;
		offset += part.length;
	}
	if (whence == SEEK_HOLE)
		return min(offset, end);
	return offset < end ? offset : -ENXIO;
}

int okb_fs_fiemap_cut(struct inode *inode, struct fiemap_extent_info *info, u64 start, u64 length)
{
	struct okb_fs_cut *cut = okb_fs_cut(inode);
	u64 end = min_t(u64, i_size_read(inode), start + min(length, U64_MAX - start));
	int status = fiemap_prep(inode, info, start, &length, FIEMAP_FLAG_SYNC);

	while (!status && start < end) {
		struct oriel_cut_part part = part_at(cut, start);
		/* Where the lower has put them on the disk, FIEMAP of the lower file tells. */
		u32 flags = FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_NOT_ALIGNED;

		if (!part.length)
			break;
		if (part.kind == oriel_cut_unwritten)
			flags |= FIEMAP_EXTENT_UNWRITTEN;
		if (start + part.length >= (u64)i_size_read(inode))
			flags |= FIEMAP_EXTENT_LAST;
		if (part.kind != oriel_cut_hole)
			status = fiemap_fill_next_extent(info, start, 0, part.length, flags);
		start += part.length;
		if (fatal_signal_pending(current))
			status = -EINTR;
	}
	return min(status, 0);
}
