// SPDX-License-Identifier: GPL-2.0
/*
 * How the bytes of a file are reached.
 *
 * Identity, the usual mode: reads and writes pass to the lower file, and there are no pages of ours.  Piecewise, the same for a file that
 * was cut: they pass piece by piece, as its map says (pieces.c).  Cached, from the first mapping into
 * memory until nobody uses it: pages of ours, filled from the lower file and written back to it; reads and writes go through them too.
 *
 * Locking: `users` counts descriptors that have mapped the file and calls that work on its pages.  It becomes 1, and 0 again, only while
 * `mode` is held for writing.  `mode` is held for reading around each passage to the lower file, and no page fault happens meanwhile (io.c).
 * A user holds no lock for it: it may fault.  mmap() never waits for a passage, but begins again (lock_under_mmap_lock()).
 * Order: an inode's lock, the lower's protection against freezing, `mode`, what else the lower takes.
 */
#include <linux/fs_stack.h>
#include <linux/pagemap.h>
#include <uapi/linux/oriel_fs.h>

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/times.h"

u32 okb_fs_mode(const struct inode *inode)
{
	if (atomic_read(&container_of(inode, struct okb_fs_inode, vfs)->users))
		return ORIEL_FS_CACHED;
	return okb_fs_cut(inode) ? ORIEL_FS_PIECEWISE : ORIEL_FS_IDENTITY;
}

/* Context: no mmap_lock. */
static __always_inline void let_mmap_pass(const struct okb_fs_inode *inode)
{
	while (time_before(jiffies, READ_ONCE(inode->yield_until)))
		schedule_timeout_uninterruptible(1);
}

/* With `mode` held for reading; keeps it in identity mode only. */
static __always_inline bool is_passage(struct okb_fs_inode *inode)
{
	if (!atomic_read(&inode->users))
		return true;
	atomic_inc(&inode->users);
	up_read(&inode->mode);
	return false;
}

/* These two are in the way of each request: so they are no calls. */
static __always_inline bool begin(struct okb_fs_inode *inode)
{
	let_mmap_pass(inode);
	down_read(&inode->mode);
	return is_passage(inode);
}

static __always_inline int try(struct okb_fs_inode *inode)
{
	if (time_before(jiffies, READ_ONCE(inode->yield_until)) || !down_read_trylock(&inode->mode))
		return -EAGAIN;
	return is_passage(inode);
}

bool okb_fs_begin_passage(struct inode *vfs)
{
	return begin(okb_fs_inode(vfs));
}

int okb_fs_try_passage(struct inode *vfs)
{
	return try(okb_fs_inode(vfs));
}

int okb_fs_begin_request(const struct kiocb *request)
{
	struct okb_fs_inode *inode = okb_fs_inode(file_inode(request->ki_filp));

	return request->ki_flags & IOCB_NOWAIT ? try(inode) : begin(inode);
}

/* A reader may come before a writer who waits already, but trying fails as long as one does: so he is given the time to come and go. */
void okb_fs_await_passage(struct inode *vfs)
{
	let_mmap_pass(okb_fs_inode(vfs));
	down_read(&okb_fs_inode(vfs)->mode);
	up_read(&okb_fs_inode(vfs)->mode);
	schedule_timeout_uninterruptible(1);
}

void okb_fs_end_passage(struct inode *vfs)
{
	up_read(&okb_fs_inode(vfs)->mode);
}

bool okb_fs_begin_alone(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	let_mmap_pass(inode);
	down_write(&inode->mode);
	if (atomic_read(&inode->users)) {
		atomic_inc(&inode->users);
		up_write(&inode->mode);
		return false;
	}
	inode_dio_wait(vfs); /* to end, they need nothing of ours */
	return true;
}

void okb_fs_end_alone(struct inode *vfs)
{
	up_write(&okb_fs_inode(vfs)->mode);
}

/* The lower file for the pages: of no caller, so it neither appends nor goes around the lower's own cache. */
static struct file *open_lower(struct file *file, int flags) /* waits for no lease: somebody may hold mmap_lock */
{
	struct path path = okb_fs_lower_path(file_dentry(file));
	const struct cred *caller = okb_fs_enter(file_inode(file)->i_sb);
	struct file *lower = dentry_open(&path, flags | O_NOATIME | O_NONBLOCK | O_LARGEFILE, current_cred());

	revert_creds(caller);
	return lower;
}

static int open_for_pages(struct okb_fs_inode *inode, struct file *file, bool writes)
{
	struct file *lower;

	if (!inode->reader) {
		lower = open_lower(file, O_RDONLY);
		if (IS_ERR(lower))
			return PTR_ERR(lower);
		inode->reader = lower;
	}
	if (writes && !inode->writer) {
		lower = open_lower(file, O_WRONLY);
		if (IS_ERR(lower))
			return PTR_ERR(lower);
		spin_lock(&inode->seen_lock);
		inode->writer = lower;
		spin_unlock(&inode->seen_lock);
	}
	return 0;
}

static void close_for_pages(struct okb_fs_inode *inode)
{
	struct file *writer = inode->writer;

	spin_lock(&inode->seen_lock);
	inode->writer = NULL;
	spin_unlock(&inode->seen_lock);
	if (inode->reader)
		fput(inode->reader);
	if (writer)
		fput(writer);
	inode->reader = NULL;
}

/* No passage and no direct request is under way, and none begins. */
static bool try_lock(struct okb_fs_inode *inode)
{
	if (!down_write_trylock(&inode->mode))
		return false;
	if (atomic_read(&inode->users) || !atomic_read(&inode->vfs.i_dio_count))
		return true;
	up_write(&inode->mode);
	return false;
}

/*
 * Under mmap_lock nothing may be waited for that holds a lock of the lower's: whoever writes to the lower holds such locks while he faults,
 * and may want that very mmap_lock.  So the system call is begun again without it.  While a program is being executed nobody else faults in
 * its memory, and nothing can be begun again.
 */
static int lock_under_mmap_lock(struct okb_fs_inode *inode)
{
	while (!try_lock(inode)) {
		WRITE_ONCE(inode->yield_until, jiffies + HZ / 20);
		schedule_timeout_uninterruptible(1);
		if (try_lock(inode))
			break;
		if (!current->in_execve)
			return restart_syscall();
	}
	WRITE_ONCE(inode->yield_until, jiffies);
	return 0;
}

int okb_fs_want_pages(struct file *file, bool writes)
{
	struct inode *vfs = file_inode(file);
	struct okb_fs_inode *inode = okb_fs_inode(vfs);
	int status;

	status = lock_under_mmap_lock(inode);
	if (status)
		return status;
	status = atomic_read(&inode->users) || okb_fs_cut(vfs) ? okb_fs_is_stale(vfs) : 0;
	if (READ_ONCE(inode->broken))
		status = -EIO;
	if (!status)
		status = open_for_pages(inode, file, writes);
	if (status && !atomic_read(&inode->users)) {
		close_for_pages(inode);
	} else if (!status && !okb_fs_maps(file)) {
		if (!atomic_read(&inode->users)) {
			okb_fs_add(vfs->i_sb, okb_fs_entered, 1);
			truncate_inode_pages(vfs->i_mapping, 0); /* readahead(2) may have brought some: nobody kept them up to date */
			okb_fs_copy_attributes(vfs);
			WRITE_ONCE(inode->unlimited, false);
			if (!okb_fs_cut(vfs))
				okb_fs_watch(vfs); /* of a cut file, since its map was read */
			trace_fs_mode(vfs, ORIEL_FS_CACHED);
		}
		WRITE_ONCE(file->private_data, (void *)((unsigned long)file->private_data | OKB_FS_MAPS));
		atomic_inc(&inode->users);
	}
	up_write(&inode->mode);
	return status;
}

void okb_fs_note_writer(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	if (!READ_ONCE(inode->unlimited) && okb_fs_is_unlimited(current_cred()))
		WRITE_ONCE(inode->unlimited, true);
}

int okb_fs_want_writer(struct file *file)
{
	struct okb_fs_inode *inode = okb_fs_inode(file_inode(file));
	int status;

	okb_fs_note_writer(&inode->vfs);
	if (READ_ONCE(inode->writer))
		return 0;
	down_write(&inode->mode);
	status = open_for_pages(inode, file, true);
	up_write(&inode->mode);
	return status;
}

struct file *okb_fs_get_writer(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);
	struct file *writer;

	spin_lock(&inode->seen_lock);
	writer = inode->writer;
	if (writer)
		get_file(writer);
	spin_unlock(&inode->seen_lock);
	return writer;
}

/* With `mode` held for writing. */
static void leave_cached(struct okb_fs_inode *inode)
{
	struct inode *vfs = &inode->vfs;

	truncate_inode_pages(vfs->i_mapping, 0);
	close_for_pages(inode);
	okb_fs_copy_attributes(vfs);
	okb_fs_take_cut_size(vfs);
	okb_fs_add(vfs->i_sb, okb_fs_left, 1);
	trace_fs_mode(vfs, okb_fs_mode(vfs));
}

/* Locking: writing back begins to write to the lower, which comes before `mode`. */
void okb_fs_drop_pages(struct inode *vfs)
{
	struct okb_fs_inode *inode = okb_fs_inode(vfs);

	while (!atomic_add_unless(&inode->users, -1, 1)) {
		filemap_write_and_wait(vfs->i_mapping); /* whoever has it open learns of an error by fsync() */
		down_write(&inode->mode);
		if (mapping_tagged(vfs->i_mapping, PAGECACHE_TAG_DIRTY)) {
			up_write(&inode->mode); /* somebody has come, written, and gone */
			continue;
		}
		if (atomic_dec_and_test(&inode->users))
			leave_cached(inode);
		up_write(&inode->mode);
		return;
	}
}
