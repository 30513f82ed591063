/* SPDX-License-Identifier: GPL-2.0 */
/*
 * orielfs.ko: a file system stacked over a directory.  Private to this folder, grouped by file.
 *
 * The caller's permissions are checked above, on inodes of ours that mirror those of the lower; below, everything is done with the
 * credentials of whoever mounted (okb_fs_enter()).  Each of our dentries holds the lower one in d_fsdata, each of our inodes a reference to
 * the lower inode, each of our open files an open lower file.  Locks nest from above to below, as the VFS takes them: our directory's
 * inode, the lower's superblock against freezing, the lower directory's inode.
 */
#ifndef ORIEL_OKB_FS_H
#define ORIEL_OKB_FS_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>

#include "bindings/fs/okb_fs_stat.h"
#include "compat/fileattr.h"
#include "compat/idmap.h"
#include "compat/times.h"

/* What is counted for each mount; okb_fs_stat says of what. */
enum okb_fs_count {
	okb_fs_reads,
	okb_fs_writes,
	okb_fs_read_bytes,
	okb_fs_written_bytes,
	okb_fs_direct,
	okb_fs_queued,
	okb_fs_retried,
	okb_fs_bounced,
	okb_fs_cached_reads,
	okb_fs_cached_writes,
	okb_fs_entered,
	okb_fs_left, /* cached mode */
	okb_fs_made_inodes,
	okb_fs_gone_inodes,
	okb_fs_stale,
	okb_fs_cuts,
	okb_fs_inserts,
	okb_fs_punches,
	okb_fs_piecewise_changes,
	okb_fs_cached_changes,
	okb_fs_dropped_pages,
	okb_fs_first_cuts,
	okb_fs_commits,
	okb_fs_checkpoints,
	okb_fs_compactions,
	okb_fs_compacted_bytes,
	okb_fs_freed_bytes,
	okb_fs_made_cut_inodes,
	okb_fs_gone_cut_inodes,
	okb_fs_extents, /* what they changed by: the sum over all processors counts, modulo 2^64 */
	okb_fs_counted,
};

struct okb_fs_counts {
	u64 of[okb_fs_counted];
};

struct okb_fs_super {
	struct vfsmount *lower;               /* a private clone: what happens to the mount it was taken from does not reach it */
	const struct cred *mounter, *limited; /* the second one is the same without CAP_SYS_RESOURCE, which passes by quotas */
	struct okb_fs_counts __percpu *counts;
	struct okb_fs_devices *devices; /* number.c; NULL where there is one */
	spinlock_t lower_error_lock;
	errseq_t lower_error;        /* under the lock: up to where errors of the lower's writeback have been taken over */
	atomic_t in_flight, deepest; /* direct requests */
	/* mounts.c, under its lock; do not change while mounted: */
	struct list_head mounts;
	struct super_block *sb;
	struct dentry *root; /* the lower directory */
	char *source;
	u64 id;
};

struct okb_fs_inode {
	struct inode *lower; /* a reference; does not change while the inode lives */
	/* mode.c: */
	struct rw_semaphore mode;
	unsigned long yield_until;  /* jiffies: somebody who holds mmap_lock wants `mode`, so nobody takes it anew */
	unsigned long settle_until; /* jiffies: somebody wants no dirty pages, so nobody makes any; pages.c */
	atomic_t users;             /* 0: identity or piecewise, else cached */
	struct file *reader;        /* the lower file, for pages; under `mode`, and while there are users */
	bool unlimited;             /* quotas do not hold for somebody who wrote to the pages */
	struct file *writer;        /* the same; NULL until somebody may write; changes under `seen_lock` as well */
	/* splice.c, with the inode locked: */
	struct task_struct *splicer; /* calls write_iter with the locks held, or NULL */
	bool splices_pages;          /* as a user of the pages */
	/* stale.c: the lower after the last change of our own, while there are users; under `seen_lock` */
	spinlock_t seen_lock;
	bool stale;
	unsigned int own_changes; /* under way */
	loff_t seen_size;
	struct timespec64 seen_mtime;
	/* cut.c: */
	bool judged;            /* whether it is known if the file is cut; becomes true once, with the inode locked */
	bool becoming;          /* a first cut is under way: the lower's size is not that of the file */
	bool broken;            /* a first cut failed, and could not be undone: EIO until the inode is gone */
	struct okb_fs_cut *cut; /* NULL: it is not; set once, with the inode locked and nobody who reads or writes */
	struct inode vfs;
};

/*
 * What is open: file->private_data is the lower file, and in this bit, whether it is a user of the inode's pages until it is closed.  The bit
 * changes under the inode's `mode`.
 */
#define OKB_FS_MAPS 1ul

static inline struct okb_fs_inode *okb_fs_inode(struct inode *inode)
{
	return container_of(inode, struct okb_fs_inode, vfs);
}

static inline struct okb_fs_super *okb_fs_super(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct inode *okb_fs_lower_inode(const struct inode *inode)
{
	return container_of(inode, struct okb_fs_inode, vfs)->lower;
}

/* Context: any. */
static inline void okb_fs_add(const struct super_block *sb, enum okb_fs_count which, u64 what)
{
	this_cpu_add(okb_fs_super(sb)->counts->of[which], what);
}

/* `result`: bytes, or an error.  Context: any. */
static inline void okb_fs_count_request(const struct super_block *sb, bool writes, ssize_t result)
{
	okb_fs_add(sb, writes ? okb_fs_writes : okb_fs_reads, 1);
	if (result > 0)
		okb_fs_add(sb, writes ? okb_fs_written_bytes : okb_fs_read_bytes, result);
}

static inline struct dentry *okb_fs_lower_dentry(const struct dentry *dentry)
{
	return dentry->d_fsdata;
}

static inline struct path okb_fs_lower_path(const struct dentry *dentry)
{
	return (struct path){.mnt = okb_fs_super(dentry->d_sb)->lower, .dentry = okb_fs_lower_dentry(dentry)};
}

static inline struct file *okb_fs_lower_file(const struct file *file)
{
	return (struct file *)((unsigned long)READ_ONCE(file->private_data) & ~OKB_FS_MAPS);
}

static inline bool okb_fs_maps(const struct file *file)
{
	return (unsigned long)file->private_data & OKB_FS_MAPS;
}

static inline struct mnt_idmap *okb_fs_lower_idmap(const struct super_block *sb)
{
	return oriel_idmap_of(okb_fs_super(sb)->lower);
}

/* Of a cut file, or NULL. */
static inline struct okb_fs_cut *okb_fs_cut(const struct inode *inode)
{
	return smp_load_acquire(&container_of(inode, struct okb_fs_inode, vfs)->cut);
}

/* The mounter's credentials until revert_creds() of what it returns.  Whether quotas hold, the caller's own say. */
static inline const struct cred *okb_fs_enter_for(const struct super_block *sb, bool unlimited)
{
	return override_creds(unlimited ? okb_fs_super(sb)->mounter : okb_fs_super(sb)->limited);
}

static inline bool okb_fs_is_unlimited(const struct cred *caller)
{
	return caller->user_ns == &init_user_ns && cap_raised(caller->cap_effective, CAP_SYS_RESOURCE);
}

static inline const struct cred *okb_fs_enter(const struct super_block *sb)
{
	return okb_fs_enter_for(sb, okb_fs_is_unlimited(current_cred()));
}

/* The same for a change below, which also needs the lower to be writable and not frozen.  Return: 0, and okb_fs_end_change() has to follow. */
static inline int okb_fs_begin_change(const struct super_block *sb, const struct cred **caller)
{
	int status = mnt_want_write(okb_fs_super(sb)->lower);

	if (!status)
		*caller = okb_fs_enter(sb);
	return status;
}

static inline void okb_fs_end_change(const struct super_block *sb, const struct cred *caller)
{
	revert_creds(caller);
	mnt_drop_write(okb_fs_super(sb)->lower);
}

/* super.c */
extern struct file_system_type okb_fs_type;

/* mounts.c */
/* -EBUSY if what is mounted already lies over a directory above, below or equal to `root`, which has to stay as long as it is in the list. */
int okb_fs_add_mount(struct super_block *sb, struct dentry *root);
void okb_fs_remove_mount(struct super_block *sb);

/* inode.c */
int okb_fs_inode_start(void);
void okb_fs_inode_stop(void); /* waits for inodes that RCU still holds */
struct inode *okb_fs_alloc_inode(struct super_block *sb);
void okb_fs_free_inode(struct inode *inode);
void okb_fs_evict_inode(struct inode *inode);
/* Ours for a lower inode: there is one of each.  Return: a reference, or an error. */
struct inode *okb_fs_inode_of(struct super_block *sb, struct inode *lower);
/* Owner, mode, times, size and links, as the lower has them now. */
void okb_fs_copy_attributes(struct inode *inode);
/* What a write changes of them, in identity mode.  Context: any. */
void okb_fs_copy_written(struct inode *inode);
/*
 * Whoever may change a file is decided by its owner, mode and flags as they are below now: somebody may have changed them behind our back.
 * Return: whether they were the same.  Context: any; the second one does not change ours, for RCU.
 */
bool okb_fs_refresh(struct inode *inode);
bool okb_fs_is_fresh(const struct inode *inode);
/* file_remove_privs() for what the file is below now.  With the inode locked. */
int okb_fs_remove_privileges(struct file *file);
int okb_fs_drop_inode(struct inode *inode);
int okb_fs_permission(struct mnt_idmap *idmap, struct inode *inode, int mask);
int okb_fs_getattr(struct mnt_idmap *idmap, const struct path *path, struct kstat *stat, u32 wanted, unsigned int flags);
int okb_fs_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *changes);
/* The time of access is the lower's, and above it is said when it changes.  The others of a file with pages are ours until they are written back. */
int okb_fs_update_time(struct inode *inode, ORIEL_UPDATE_TIME_PARAMETERS);
int okb_fs_fiemap(struct inode *inode, struct fiemap_extent_info *info, u64 start, u64 length);
int okb_fs_get_fileattr(struct dentry *dentry, struct file_kattr *attributes);
int okb_fs_set_fileattr(struct mnt_idmap *idmap, struct dentry *dentry, struct file_kattr *attributes);
ssize_t okb_fs_listxattr(struct dentry *dentry, char *list, size_t size);
extern const struct xattr_handler *const okb_fs_xattr_handlers[];

/* number.c */
int okb_fs_start_numbers(struct okb_fs_super *super);
/* Of our inode over that one, which some dentry holds.  Context: may sleep. */
u64 okb_fs_number_of(struct super_block *sb, struct inode *lower);
/* What readdir() says of an entry of ours, from what it says of the lower. */
u64 okb_fs_number_of_entry(const struct inode *dir, u64 lower);

/* dir.c */
extern const struct inode_operations okb_fs_dir_inode_operations;
extern const struct file_operations okb_fs_dir_operations;
extern const struct dentry_operations okb_fs_dentry_operations;

/* mode.c */
/* ORIEL_FS_IDENTITY...; it may have changed when this returns, unless users may neither come nor go. */
u32 okb_fs_mode(const struct inode *inode);
/*
 * True: identity mode, and it stays until okb_fs_end_passage(); no page fault may happen meanwhile.  False: cached mode, and the caller is a
 * user of the pages until okb_fs_drop_pages().
 */
bool okb_fs_begin_passage(struct inode *inode);
/* The same without waiting.  Return: 1: identity mode, 0: cached mode, -EAGAIN: it would have to wait. */
int okb_fs_try_passage(struct inode *inode);
/* Waits until it is worth trying again. */
void okb_fs_await_passage(struct inode *inode);
/* The same for a request to read or write, which may not want to wait. */
int okb_fs_begin_request(const struct kiocb *request);
void okb_fs_end_passage(struct inode *inode);
/*
 * Like okb_fs_begin_passage(), but nobody else has a passage, or a direct request under way, until okb_fs_end_alone().  With the inode locked.
 */
bool okb_fs_begin_alone(struct inode *inode);
void okb_fs_end_alone(struct inode *inode);
/*
 * Makes the open file a user until it is closed.  Return: 0, an error, or what restarts the system call.
 * Context: mmap_lock held, and may sleep.
 */
int okb_fs_want_pages(struct file *file, bool writes);
/* A user may make pages dirty after this.  Whoever is about to, calls it, or okb_fs_note_writer(). */
int okb_fs_want_writer(struct file *file);
/* The caller is about to write to the pages: what that costs below is paid for as by him.  Context: any of a process. */
void okb_fs_note_writer(struct inode *inode);
/* For writing back: a reference to the lower file, or NULL.  Context: any thread's, with or without users. */
struct file *okb_fs_get_writer(struct inode *inode);
/* The last user writes back and gives up the pages.  Context: may sleep, not under mmap_lock. */
void okb_fs_drop_pages(struct inode *inode);

/* stale.c; Context: process. */
/* From now on: the file has become one with pages of ours. */
void okb_fs_watch(struct inode *inode);
/* -ESTALE if the lower was changed behind our back since.  For users of the pages, and of cut files. */
int okb_fs_is_stale(struct inode *inode);
/* Around whatever changes the size or the times of the lower file. */
void okb_fs_begin_own_change(struct inode *inode);
void okb_fs_end_own_change(struct inode *inode);

/* Whether the caller may not write beyond some place of a file. */
static inline bool okb_fs_is_limited(void)
{
	return rlimit(RLIMIT_FSIZE) != RLIM_INFINITY;
}

/* thread.c */
int okb_fs_threads_start(void);
void okb_fs_threads_stop(void);
enum okb_fs_thread {
	okb_fs_thread_begins, /* begins a change of the lower; its caller has begun none */
	okb_fs_thread_begun,  /* its caller has */
	okb_fs_thread_kinds,
};
/* run(argument), with the caller's credentials, where no signal comes.  Return: what it did.  Context: process, may sleep. */
int okb_fs_run_in_thread(enum okb_fs_thread kind, int (*run)(void *), void *argument);

/* pages.c; all for users of the pages, with the inode locked */
extern const struct address_space_operations okb_fs_address_space_operations;
int okb_fs_mmap(struct file *file, struct vm_area_struct *vma);
/*
 * Around a change of the lower that its pages have to follow: what is dirty in the range (`end`: its last byte; none if it is less than
 * `start`) has been written to the lower, nothing becomes dirty and no page is made until the change has ended, the lower is not frozen, and
 * the caller has the mounter's credentials.  -EINTR: only where the caller is being killed.
 */
int okb_fs_begin_cached_change(struct inode *inode, loff_t start, loff_t end, const struct cred **caller);
void okb_fs_end_cached_change(struct inode *inode, const struct cred *caller);
/* Meanwhile: the pages of the range go. */
void okb_fs_forget_range(struct inode *inode, loff_t start, loff_t end);
/* The same for a change of the size. */
int okb_fs_begin_cached_size(struct inode *inode, loff_t size, const struct cred **caller);
/* Meanwhile, right before the lower is cut: else writing back would let it grow again. */
void okb_fs_cut_pages(struct inode *inode, loff_t size);
/* Meanwhile, afterwards, with what became of it. */
void okb_fs_set_size(struct inode *inode, loff_t size, int status);

/* The lower's time of change becomes ours: it was changed later than we were.  `writer`: the lower file. */
void okb_fs_write_times(struct inode *inode, struct file *writer);

/* What lower.c keeps beside a lower file during its first cut; nobody else sees it. */
#define OKB_FS_NOTE "trusted.oriel.note"

/* cut.c */
/* Finds out whether the file is cut, once; errors: the file cannot be used.  The second one with the inode locked. */
int okb_fs_judge(struct inode *inode, const struct path *lower);
int okb_fs_judge_locked(struct inode *inode, const struct path *lower);
/* fallocate(2) of a cut file, or of one that becomes one thereby; with the inode locked. */
long okb_fs_allocate_cut(struct file *file, int mode, loff_t offset, loff_t length);
/* The rest: of a cut file.  With the inode locked. */
int okb_fs_set_cut_size(struct inode *inode, loff_t size);
/* Makes everything durable that is not in pages of ours, `only_data` as fdatasync(2) does. */
int okb_fs_sync_cut(struct inode *inode, bool only_data);
int okb_fs_write_inode(struct inode *inode, struct writeback_control *control);
void okb_fs_evict_cut(struct inode *inode);
void okb_fs_stat_cut(const struct inode *inode, struct kstat *stat);
/* What was only in pages, and could not be written back, is lost: the size is the map's.  Of any file. */
void okb_fs_take_cut_size(struct inode *inode);
/* Bytes up to `end` were written in piecewise mode. */
void okb_fs_note_written(struct inode *inode, loff_t end);
/* SEEK_DATA or SEEK_HOLE. */
loff_t okb_fs_seek_cut(struct inode *inode, loff_t offset, int whence);
struct oriel_fs_look;
struct oriel_fs_compact;
/* For the ioctls, all of but the version.  The second one with no lock. */
void okb_fs_tell_cut(struct inode *inode, struct oriel_fs_look *told);
/* Before bytes are written: where the map is full, its extents are made fewer.  With the inode locked. */
int okb_fs_make_room(struct inode *inode);
int okb_fs_compact_cut(struct inode *inode, struct oriel_fs_compact *step);
int okb_fs_fiemap_cut(struct inode *inode, struct fiemap_extent_info *info, u64 start, u64 length);

/*
 * pieces.c; of a cut file.  Return: bytes, as far as the end, or an error.  Where the iterator may not fault, it does not.
 * For the second one the caller has begun the change of the lower; where okb_fs_is_limited(), it is memory of the kernel.
 */
ssize_t okb_fs_read_pieces(struct okb_fs_cut *cut, loff_t at, struct iov_iter *iter);
ssize_t okb_fs_write_pieces(struct okb_fs_cut *cut, loff_t at, struct iov_iter *iter);

/* ioctl.c */
long okb_fs_ioctl(struct file *file, unsigned int command, unsigned long argument);

/* io.c */
/* Keeps the lower from being frozen, until file_end_write().  -EAGAIN: it is, and the request does not want to wait. */
int okb_fs_start_write(const struct kiocb *request, const struct file *lower);
/*
 * vfs_iocb_iter_write() for whoever has begun to write to the lower.  From 6.8 on that begins once more: it would wait for a freezer who
 * waits for us, and leave to us the end of a request that is queued.
 */
ssize_t okb_fs_write_begun(struct file *lower, struct kiocb *request, struct iov_iter *iter);
ssize_t okb_fs_read_iter(struct kiocb *request, struct iov_iter *to);
ssize_t okb_fs_write_iter(struct kiocb *request, struct iov_iter *from);
/*
 * With a passage, and where it writes, the inode locked and the lower kept from being frozen.  The caller's flags hold below.  Returns when the
 * lower is done.  Context: no fault may happen, and memory of the kernel does not fault.
 */
ssize_t okb_fs_call_lower(struct kiocb *request, struct iov_iter *iter, bool writes);
/* As a user of the pages; the second one with the inode locked. */
ssize_t okb_fs_read_pages(struct kiocb *request, struct iov_iter *to);
ssize_t okb_fs_write_pages(struct kiocb *request, struct iov_iter *from);
/* What goes beyond the limit of file sizes is left out at once, as a second step would be told of it by a signal. */
void okb_fs_clip(const struct kiocb *request, struct iov_iter *from);

/* splice.c */
ssize_t okb_fs_splice_read(struct file *in, loff_t *at, struct pipe_inode_info *pipe, size_t length, unsigned int flags);
ssize_t okb_fs_splice_write(struct pipe_inode_info *pipe, struct file *out, loff_t *at, size_t length, unsigned int flags);
/* write_iter of the inode's `splicer`: okb_fs_splice_write() holds what else is held, and the pipe is locked. */
ssize_t okb_fs_write_spliced(struct kiocb *request, struct iov_iter *from);

/* direct.c */
#define OKB_FS_MODE_CHANGED 600 /* no errno: the file is no longer in identity mode, so the caller has to look again */
int okb_fs_direct_start(void);
void okb_fs_direct_stop(void);
/* Of a direct request, whether the caller's memory cannot be handed down as it lies. */
bool okb_fs_needs_buffer(const struct kiocb *request, const struct iov_iter *iter);
/*
 * Return: bytes, -EIOCBQUEUED, -OKB_FS_MODE_CHANGED or an error.
 * Context: may fault, and sleeps unless the request does not want to.
 */
ssize_t okb_fs_pass_direct(struct kiocb *request, struct iov_iter *iter, bool writes);

/* acl.c */
/* Whoever is not in the file's group takes set-group-ID away by changing its ACL.  With the inode locked. */
int okb_fs_remove_sgid(struct mnt_idmap *idmap, struct dentry *dentry);
/* notify_change() of the lower.  With the change begun. */
int okb_fs_set_lower_attributes(struct dentry *dentry, struct iattr *changes);
struct posix_acl *okb_fs_inode_acl(struct inode *inode, int type, bool rcu);
#ifdef ORIEL_HAVE_VFS_ACL
struct posix_acl *okb_fs_get_acl(struct mnt_idmap *idmap, struct dentry *dentry, int type);
int okb_fs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry, struct posix_acl *acl, int type);
/* Among the operations of inodes that have ACLs; before, they are set as extended attributes. */
#define OKB_FS_ACL_OPERATIONS .get_inode_acl = okb_fs_inode_acl, .get_acl = okb_fs_get_acl, .set_acl = okb_fs_set_acl
#else
#define OKB_FS_ACL_OPERATIONS .get_acl = okb_fs_inode_acl
#endif

/* copy.c */
ssize_t okb_fs_copy(struct file *from, loff_t from_at, struct file *to, loff_t to_at, size_t length, unsigned int flags);
loff_t okb_fs_remap(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags);

/* file.c */
extern const struct inode_operations okb_fs_file_inode_operations;
extern const struct inode_operations okb_fs_symlink_inode_operations;
extern const struct file_operations okb_fs_file_operations;
int okb_fs_open(struct inode *inode, struct file *file);
/* For a file that is being opened.  Takes the lower file over. */
void okb_fs_set_lower_file(struct file *file, struct file *lower);
int okb_fs_release(struct inode *inode, struct file *file);
int okb_fs_fsync(struct file *file, loff_t start, loff_t end, int only_data);

#endif
