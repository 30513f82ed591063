// SPDX-License-Identifier: GPL-2.0
/* Reflinks between two files of ours are those of their lower files, and so are copies where the lower can share blocks. */
#include <linux/fsnotify.h>
#include <linux/pagemap.h>

#include "bindings/fs/okb_fs.h"
#include "compat/splice.h"
#include "compat/times.h"

/* Of two files of ours; what the VFS has checked of them holds for those below. */
struct copying {
	struct file *from, *to;
	loff_t from_at, to_at, length;
	unsigned int flags; /* REMAP_FILE_* */
};

/* With the change begun, which the VFS's own functions would do once more.  Blocks are shared, or compared and then shared. */
static loff_t remap(const struct copying *c)
{
	struct file *from = okb_fs_lower_file(c->from), *to = okb_fs_lower_file(c->to);
	loff_t done;

	okb_fs_begin_own_change(file_inode(c->to));
	done = from->f_op->remap_file_range(from, c->from_at, to, c->to_at, c->length, c->flags);
	okb_fs_end_own_change(file_inode(c->to));
	if (done >= 0 && !(c->flags & REMAP_FILE_DEDUP)) {
		fsnotify_access(from);
		fsnotify_modify(to);
	}
	return done;
}

static loff_t clone_cached(const struct copying *c)
{
	struct inode *inode = file_inode(c->to);
	loff_t last = c->length ? c->to_at + c->length - 1 : LLONG_MAX, end, done;
	const struct cred *caller;

	done = okb_fs_begin_cached_change(inode, c->to_at, last, &caller);
	if (done)
		return done;
	okb_fs_forget_range(inode, c->to_at, last);
	done = remap(c);
	if (done >= 0)
		inode_set_mtime_to_ts(inode, inode_get_mtime(okb_fs_lower_inode(inode)));
	end = i_size_read(okb_fs_lower_inode(inode));
	if (end > i_size_read(inode))
		i_size_write(inode, end);
	okb_fs_end_cached_change(inode, caller);
	return done;
}

/* What is mapped is the same before and after deduplication, and what is written meanwhile is different. */
static loff_t deduplicate_cached(const struct copying *c)
{
	struct inode *inode = file_inode(c->to);
	const struct cred *caller;
	loff_t done = filemap_write_and_wait(inode->i_mapping) ?: okb_fs_begin_change(inode->i_sb, &caller);

	if (done)
		return done;
	done = remap(c);
	okb_fs_end_change(inode->i_sb, caller);
	return done;
}

/* With both inodes locked. */
static loff_t remap_in_mode(const struct copying *c)
{
	struct inode *inode = file_inode(c->to);
	const struct cred *caller;
	loff_t done = okb_fs_begin_change(inode->i_sb, &caller);
	bool passes;

	if (done)
		return done;
	passes = okb_fs_begin_passage(inode);
	if (passes) {
		done = remap(c);
		okb_fs_end_passage(inode);
	}
	okb_fs_end_change(inode->i_sb, caller);
	if (!passes) {
		done = c->flags & REMAP_FILE_DEDUP ? deduplicate_cached(c) : clone_cached(c);
		okb_fs_drop_pages(inode);
	}
	return done;
}

/* Neither becomes a cut file meanwhile: the lower shares what its files have, not what a map makes of them. */
static loff_t share(const struct copying *c)
{
	struct inode *from = file_inode(c->from), *to = file_inode(c->to);
	loff_t done = filemap_write_and_wait(from->i_mapping);

	if (done)
		return done;
	lock_two_nondirectories(from, to);
	if (okb_fs_cut(from) || okb_fs_cut(to) || !okb_fs_lower_file(c->from)->f_op->remap_file_range)
		done = -EOPNOTSUPP;
	else if (!(c->flags & REMAP_FILE_DEDUP))
		done = okb_fs_remove_privileges(c->to);
	if (!done) {
		done = remap_in_mode(c);
		okb_fs_copy_attributes(to);
	}
	unlock_two_nondirectories(from, to);
	return done;
}

/* Below, only the mounter of `to` would be asked whether `from` may be read, so both are of one mount. */
ssize_t okb_fs_copy(struct file *from, loff_t from_at, struct file *to, loff_t to_at, size_t length, unsigned int flags)
{
	const struct copying c = {from, to, from_at, to_at, min_t(size_t, length, MAX_RW_COUNT), REMAP_FILE_CAN_SHORTEN};
	loff_t done;

	if (file_inode(from)->i_sb != file_inode(to)->i_sb)
		return -EXDEV;
	done = share(&c);
	return done > 0 ? done : splice_copy_file_range(from, from_at, to, to_at, c.length);
}

loff_t okb_fs_remap(struct file *from, loff_t from_at, struct file *to, loff_t to_at, loff_t length, unsigned int flags)
{
	const struct copying c = {from, to, from_at, to_at, length, flags};

	if (flags & ~(REMAP_FILE_DEDUP | REMAP_FILE_ADVISORY))
		return -EINVAL;
	return file_inode(from)->i_sb == file_inode(to)->i_sb ? share(&c) : -EXDEV;
}
