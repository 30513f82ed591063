// SPDX-License-Identifier: GPL-2.0
/*
 * Splicing: out of a file into a pipe, and out of a pipe into a file.
 *
 * Nobody waits for `mode` with a pipe locked.  For whoever holds `mode` may wait for a pipe: where the lower is stacked itself, and writing to it
 * waits for somebody who splices into that.  So `mode` is tried, and where it is not to be had the pipe is unlocked meanwhile.  Only for files
 * opened with O_DIRECT the VFS of 6.5 and newer does not ask us, but calls our read_iter.
 */
#include <linux/bvec.h>
#include <linux/pagemap.h>
#include <linux/pipe_fs_i.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "bindings/fs/okb_fs.h"

#define PAGES_AT_ONCE 256 /* as many as a pipe of anybody's may hold */

/* ---- into a pipe ---- */

static bool is_full(const struct pipe_inode_info *pipe)
{
	return pipe_full(READ_ONCE(pipe->head), READ_ONCE(pipe->tail), READ_ONCE(pipe->max_usage));
}

/* As splice(2) has done once already: until somebody could read what comes.  With the pipe locked, which it is in the end, too. */
static int wait_for_room(struct pipe_inode_info *pipe, unsigned int flags)
{
	while (pipe->readers && is_full(pipe)) {
		int interrupted;

		if (flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		pipe_unlock(pipe);
		interrupted = wait_event_interruptible(pipe->wr_wait, !READ_ONCE(pipe->readers) || !is_full(pipe));
		pipe_lock(pipe);
		if (interrupted)
			return -ERESTARTSYS;
	}
	if (pipe->readers)
		return 0;
	send_sig(SIGPIPE, current, 0);
	return -EPIPE;
}

/* With `mode` and the pipe locked, if both can be had: 1, 0 as of okb_fs_try_passage(), or -EAGAIN, with the pipe locked. */
static int begin_and_lock(struct inode *inode, struct pipe_inode_info *pipe)
{
	bool passes = okb_fs_begin_passage(inode);

	if (mutex_trylock(&pipe->mutex))
		return passes;
	if (passes)
		okb_fs_end_passage(inode);
	else
		okb_fs_drop_pages(inode);
	pipe_lock(pipe);
	return -EAGAIN;
}

static void end(struct inode *inode, struct pipe_inode_info *pipe, bool passes)
{
	if (passes) {
		okb_fs_end_passage(inode);
		return;
	}
	pipe_unlock(pipe);
	okb_fs_drop_pages(inode);
	pipe_lock(pipe);
}

/* Return: 1: the caller has a passage; 0: it is a user of the pages; or an error. */
static int begin(struct inode *inode, struct pipe_inode_info *pipe, unsigned int flags)
{
	int passes;

	if (!pipe->files) /* that of sendfile(2), which nobody locks */
		return okb_fs_begin_passage(inode);
	passes = okb_fs_try_passage(inode);
	while (passes == -EAGAIN) {
		int status;

		if (signal_pending(current))
			return -ERESTARTSYS;
		pipe_unlock(pipe);
		passes = begin_and_lock(inode, pipe);
		if (pipe->readers && !is_full(pipe))
			continue;
		if (passes >= 0)
			end(inode, pipe, passes);
		status = wait_for_room(pipe, flags);
		if (status)
			return status;
		passes = okb_fs_try_passage(inode);
	}
	return passes;
}

/* What is on its way to the pipe. */
struct spliced {
	unsigned int count;
	struct page *pages[PAGES_AT_ONCE];
	struct partial_page partial[PAGES_AT_ONCE];
	struct bio_vec parts[PAGES_AT_ONCE];
};

static void release(struct splice_pipe_desc *spliced, unsigned int i)
{
	put_page(spliced->pages[i]);
}

static void drop_from(struct spliced *spliced, unsigned int first)
{
	while (spliced->count > first)
		put_page(spliced->pages[--spliced->count]);
}

/* `offset`: of the first byte in its page.  At most `wanted` pages. */
static struct spliced *make_spliced(unsigned int wanted, unsigned int offset)
{
	struct spliced *made = kvmalloc(sizeof(*made), GFP_KERNEL);

	if (!made)
		return NULL;
	for (made->count = 0; made->count < wanted; made->count++) {
		struct page *page = alloc_page(GFP_USER);

		if (!page)
			break;
		made->pages[made->count] = page;
		made->parts[made->count] = (struct bio_vec){.bv_page = page, .bv_offset = offset, .bv_len = PAGE_SIZE - offset};
		offset = 0;
	}
	if (made->count)
		return made;
	kvfree(made);
	return NULL;
}

/* Copies: the lower's own pages, put into the pipe, would show what comes to lie there after a cut. */
static ssize_t read_into(struct file *in, loff_t at, struct spliced *spliced, size_t length, bool passes)
{
	struct kiocb request;
	struct iov_iter to;
	ssize_t done;

	init_sync_kiocb(&request, in);
	request.ki_pos = at;
	iov_iter_bvec(&to, READ, spliced->parts, spliced->count, length);
	done = passes ? okb_fs_call_lower(&request, &to, false) : okb_fs_read_pages(&request, &to);
	if (done >= 0 && passes)
		file_accessed(in);
	return done;
}

static ssize_t put_into(struct pipe_inode_info *pipe, struct spliced *spliced, size_t length)
{
	unsigned int offset = spliced->parts[0].bv_offset;
	struct splice_pipe_desc told = {
		.pages = spliced->pages,
		.partial = spliced->partial,
		.nr_pages_max = PAGES_AT_ONCE,
		.ops = &nosteal_pipe_buf_ops,
		.spd_release = release,
	};

	drop_from(spliced, DIV_ROUND_UP(offset + length, PAGE_SIZE));
	for (; told.nr_pages < (int)spliced->count; told.nr_pages++) {
		struct bio_vec *part = &spliced->parts[told.nr_pages];

		part->bv_len = min_t(size_t, part->bv_len, length);
		length -= part->bv_len;
		spliced->partial[told.nr_pages] = (struct partial_page){.offset = part->bv_offset, .len = part->bv_len};
	}
	spliced->count = 0; /* the pipe's, or released */
	return splice_to_pipe(pipe, &told);
}

/* With the pipe locked, and room there.  The pages are filled as those of the file are, which what comes back shows. */
static ssize_t splice_out(struct file *in, loff_t *at, struct pipe_inode_info *pipe, size_t length, bool passes)
{
	unsigned int room = pipe->max_usage - pipe_occupancy(pipe->head, pipe->tail);
	unsigned int offset = in->f_flags & O_DIRECT ? 0 : offset_in_page(*at);
	unsigned int wanted = min3((size_t)room, DIV_ROUND_UP(offset + length, PAGE_SIZE), (size_t)PAGES_AT_ONCE);
	struct spliced *spliced = make_spliced(wanted, offset);
	ssize_t done;

	if (!spliced)
		return -ENOMEM;
	done = read_into(in, *at, spliced, min_t(size_t, length, spliced->count * PAGE_SIZE - offset), passes);
	if (done > 0)
		done = put_into(pipe, spliced, done);
	if (done > 0)
		*at += done;
	drop_from(spliced, 0);
	kvfree(spliced);
	return done;
}

ssize_t okb_fs_splice_read(struct file *in, loff_t *at, struct pipe_inode_info *pipe, size_t length, unsigned int flags)
{
	struct inode *inode = file_inode(in);
	ssize_t done;
	int passes;

	if (!length)
		return 0;
	passes = begin(inode, pipe, flags);
	if (passes < 0)
		return passes;
	done = splice_out(in, at, pipe, length, passes);
	end(inode, pipe, passes);
	return done;
}

/* ---- out of a pipe ---- */

ssize_t okb_fs_write_spliced(struct kiocb *request, struct iov_iter *from)
{
	struct okb_fs_inode *inode = okb_fs_inode(file_inode(request->ki_filp));
	ssize_t done;
	int passes;

	if (inode->splices_pages)
		return okb_fs_write_pages(request, from);
	passes = okb_fs_try_passage(&inode->vfs);
	inode->splices_pages = !passes; /* as a user, from now on */
	if (passes <= 0)
		return -OKB_FS_MODE_CHANGED;
	okb_fs_clip(request, from);
	done = okb_fs_call_lower(request, from, true);
	okb_fs_end_passage(&inode->vfs);
	return done;
}

/*
 * Whoever splices into the lower begins to write there, and then locks the pipe: so that comes first here, too, and before it the inode's lock,
 * which every write takes.  The VFS's function then calls our write_iter with all of it held, which tries `mode` for each piece.  With the inode
 * locked, for what is in the pipe: nobody waits here for more.
 */
static ssize_t splice_locked(struct pipe_inode_info *pipe, struct file *out, loff_t *at, size_t length, unsigned int flags)
{
	struct okb_fs_inode *inode = okb_fs_inode(file_inode(out));
	struct file *lower = okb_fs_lower_file(out);
	bool passes = okb_fs_begin_passage(&inode->vfs);
	ssize_t done = 0;

	if (passes) {
		okb_fs_end_passage(&inode->vfs);
		file_start_write(lower);
	} else {
		done = okb_fs_want_writer(out);
	}
	inode->splices_pages = !passes;
	if (!done) {
		WRITE_ONCE(inode->splicer, current);
		done = iter_file_splice_write(pipe, out, at, length, flags | SPLICE_F_NONBLOCK);
		WRITE_ONCE(inode->splicer, NULL);
	}
	if (passes)
		file_end_write(lower);
	if (inode->splices_pages)
		okb_fs_drop_pages(&inode->vfs);
	okb_fs_copy_attributes(&inode->vfs);
	return done;
}

static ssize_t splice_once(struct pipe_inode_info *pipe, struct file *out, loff_t *at, size_t length, unsigned int flags)
{
	struct inode *inode = file_inode(out);
	bool ours;
	ssize_t done;
	int status;

	inode_lock(inode);
	done = okb_fs_remove_privileges(out) ?: okb_fs_make_room(inode);
	if (!done)
		done = splice_locked(pipe, out, at, length, flags);
	ours = okb_fs_inode(inode)->splices_pages || okb_fs_cut(inode);
	inode_unlock(inode);
	if (done <= 0 || !ours || !(out->f_flags & O_DSYNC || IS_SYNC(inode)))
		return done;
	status = vfs_fsync_range(out, *at - done, *at - 1, !(out->f_flags & __O_SYNC));
	return status ?: done;
}

static bool has_news(const struct pipe_inode_info *pipe)
{
	return !pipe_empty(READ_ONCE(pipe->head), READ_ONCE(pipe->tail)) || !READ_ONCE(pipe->writers);
}

ssize_t okb_fs_splice_write(struct pipe_inode_info *pipe, struct file *out, loff_t *at, size_t length, unsigned int flags)
{
	ssize_t done;

	for (;;) {
		done = splice_once(pipe, out, at, length, flags);
		if (done == -OKB_FS_MODE_CHANGED) {
			okb_fs_await_passage(file_inode(out));
			continue;
		}
		if (done != -EAGAIN || flags & SPLICE_F_NONBLOCK)
			return done;
		if (wait_event_interruptible(pipe->rd_wait, has_news(pipe)))
			return -ERESTARTSYS;
	}
}
