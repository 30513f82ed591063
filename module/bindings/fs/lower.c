// SPDX-License-Identifier: GPL-2.0
/*
 * The lower file of a cut file, as its map reads and writes it (okb_cut.h).
 *
 * Whoever calls what writes has begun that change of the lower (okb_fs_begin_change()), and has the mounter's credentials.  Locking: none
 * inside; `writer` is set once.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/random.h>
#include <linux/uio.h>
#include <linux/xattr.h>

#include <linux/falloc.h> /* wants types of the others */

#include "bindings/fs/okb_fs.h"
#include "bindings/fs/okb_fs_cut.h"
#include "bindings/fs/okb_fs_trace.h"
#include "compat/idmap.h"

struct note {
	__le64 old_size, new_size;
};

int okb_fs_open_lower(struct okb_lower *lower, struct inode *inode, const struct path *path)
{
	struct file *reader = dentry_open(path, O_RDONLY | O_NOATIME | O_NONBLOCK | O_LARGEFILE, current_cred());

	if (IS_ERR(reader))
		return PTR_ERR(reader);
	*lower = (struct okb_lower){.inode = inode, .reader = reader};
	return 0;
}

void okb_fs_close_lower(struct okb_lower *lower)
{
	if (lower->writer)
		fput(lower->writer);
	fput(lower->reader);
}

struct file *okb_fs_lower_writer(struct okb_lower *lower)
{
	struct file *writer = READ_ONCE(lower->writer), *other;

	if (writer)
		return writer;
	if (lower->read_only)
		return ERR_PTR(-EROFS);
	writer = dentry_open(&lower->reader->f_path, O_WRONLY | O_NOATIME | O_NONBLOCK | O_LARGEFILE, current_cred());
	if (IS_ERR(writer))
		return writer;
	other = cmpxchg(&lower->writer, NULL, writer);
	if (!other)
		return writer;
	fput(writer);
	return other;
}

u64 okb_lower_size(struct okb_lower *lower)
{
	return i_size_read(file_inode(lower->reader));
}

int okb_lower_read(struct okb_lower *lower, u64 at, void *buffer, u32 length)
{
	struct kvec whole = {.iov_base = buffer, .iov_len = length};
	struct kiocb request;
	struct iov_iter iter;
	ssize_t step;

	init_sync_kiocb(&request, lower->reader);
	request.ki_pos = at;
	iov_iter_kvec(&iter, READ, &whole, 1, length);
	while (iov_iter_count(&iter)) {
		step = vfs_iocb_iter_read(lower->reader, &request, &iter);
		if (step <= 0)
			return step ?: -EUCLEAN;
	}
	return 0;
}

int okb_lower_write(struct okb_lower *lower, u64 at, const void *buffer, u32 length)
{
	struct kvec whole = {.iov_base = (void *)buffer, .iov_len = length};
	struct file *writer = okb_fs_lower_writer(lower);
	struct kiocb request;
	struct iov_iter iter;
	ssize_t step = 1;

	if (IS_ERR(writer))
		return PTR_ERR(writer);
	init_sync_kiocb(&request, writer);
	request.ki_pos = at;
	iov_iter_kvec(&iter, WRITE, &whole, 1, length);
	okb_fs_begin_own_change(lower->inode);
	while (step > 0 && iov_iter_count(&iter))
		step = okb_fs_write_begun(writer, &request, &iter);
	okb_fs_end_own_change(lower->inode);
	return step > 0 ? 0 : step ?: -EIO;
}

/* Whoever has the file open is told of an error, as of one of pages of ours: the lower tells us only once. */
int okb_fs_flush_lower(struct okb_lower *lower, bool only_data)
{
	struct file *writer = READ_ONCE(lower->writer);
	int status = vfs_fsync(writer ?: lower->reader, only_data);

	if (status)
		mapping_set_error(lower->inode->i_mapping, status);
	return status;
}

int okb_lower_flush(struct okb_lower *lower)
{
	return okb_fs_flush_lower(lower, lower->only_data);
}

int okb_lower_resize(struct okb_lower *lower, u64 size)
{
	struct dentry *dentry = lower->reader->f_path.dentry;
	struct iattr change = {.ia_valid = ATTR_SIZE, .ia_size = size};
	int status;

	if (lower->read_only)
		return -EROFS;
	if (size > d_inode(dentry)->i_sb->s_maxbytes)
		return -EFBIG;
	okb_fs_begin_own_change(lower->inode);
	inode_lock(d_inode(dentry));
	status = notify_change(okb_fs_lower_idmap(lower->inode->i_sb), dentry, &change, NULL);
	inode_unlock(d_inode(dentry));
	okb_fs_end_own_change(lower->inode);
	return status;
}

static int allocate(struct okb_lower *lower, int mode, u64 at, u64 length)
{
	struct file *writer = okb_fs_lower_writer(lower);
	int status;

	if (IS_ERR(writer))
		return PTR_ERR(writer);
	if (!writer->f_op->fallocate)
		return -EOPNOTSUPP;
	okb_fs_begin_own_change(lower->inode);
	status = writer->f_op->fallocate(writer, mode, at, length);
	okb_fs_end_own_change(lower->inode);
	return status;
}

int okb_lower_reserve(struct okb_lower *lower, u64 at, u64 length)
{
	int status = allocate(lower, FALLOC_FL_KEEP_SIZE, at, length);

	return status == -EOPNOTSUPP ? 0 : status;
}

/* Where it fails, the room stays in use until the bytes are used again. */
void okb_lower_punch(struct okb_lower *lower, u64 at, u64 length)
{
	if (!allocate(lower, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, length))
		okb_fs_add(lower->inode->i_sb, okb_fs_freed_bytes, length);
}

/* ---- notes: an extended attribute, where the lower has them ---- */

int okb_lower_note(struct okb_lower *lower, u64 old_size, u64 new_size)
{
	struct note note = {cpu_to_le64(old_size), cpu_to_le64(new_size)};
	int status = lower->read_only ? -EROFS
				      : vfs_setxattr(okb_fs_lower_idmap(lower->inode->i_sb), lower->reader->f_path.dentry, OKB_FS_NOTE,
						     &note, sizeof(note), 0);

	if (status == -EOPNOTSUPP)
		return 0;
	return status ?: okb_lower_flush(lower);
}

int okb_lower_read_note(struct okb_lower *lower, u64 *old_size, u64 *new_size)
{
	struct note note;
	ssize_t length =
		vfs_getxattr(okb_fs_lower_idmap(lower->inode->i_sb), lower->reader->f_path.dentry, OKB_FS_NOTE, &note, sizeof(note));

	if (length == -EOPNOTSUPP || length == -ERANGE)
		return -ENODATA; /* it is not ours */
	if (length != sizeof(note))
		return length < 0 ? length : -ENODATA;
	*old_size = le64_to_cpu(note.old_size);
	*new_size = le64_to_cpu(note.new_size);
	return 0;
}

void okb_lower_forget_note(struct okb_lower *lower)
{
	vfs_removexattr(okb_fs_lower_idmap(lower->inode->i_sb), lower->reader->f_path.dentry, OKB_FS_NOTE);
}

/* ---- counting ---- */

void okb_lower_tell_commit(struct okb_lower *lower, const struct okb_commit *commit)
{
	trace_fs_commit(lower->inode, commit);
	if (commit->status)
		return;
	okb_fs_add(lower->inode->i_sb, okb_fs_commits, 1);
	okb_fs_add(lower->inode->i_sb, okb_fs_checkpoints, commit->checkpoint);
}

void okb_lower_tell_copied(struct okb_lower *lower, u64 offset, u64 length, u32 extents)
{
	trace_fs_compact(lower->inode, offset, length, extents);
	okb_fs_add(lower->inode->i_sb, okb_fs_compactions, 1);
	okb_fs_add(lower->inode->i_sb, okb_fs_compacted_bytes, length);
}

void okb_fs_random(void *buffer, u32 length)
{
	get_random_bytes(buffer, length);
}
