/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map of a cut file: which byte of the file lies where in the lower file.
 *
 * Every operation takes any byte offset and length, costs O(log extents) and, for each extent that it removes, O(log extents) more.  It is
 * done in full or not at all.  Neighbours that go on from each other, and holes beside holes, are always one extent; so two maps that
 * mean the same are the same.
 *
 * The map says nothing about the bytes themselves and allocates none: the caller writes them, finds room for them, and sees to it that no
 * two extents share bytes of the lower file.
 *
 * Locking: none inside.  Operations that are not const want the caller's lock that excludes everybody; const ones run beside each other
 * under a shared one.  Context: operations that are not const may allocate, so they take a sleeping token; with a lock held that writeback
 * takes, too, that is a nofs_context.  The destructor frees and does not sleep.
 *
 * Errors, of all operations: invalid for a range that does not lie in the file or is empty; file_too_big for a size or a physical end
 * beyond max_file_bytes; too_big if there would be more extents than the map may have: the caller compacts; no_memory.  The map is then
 * as it was.
 */
#pragma once

#include "fs/extent_tree.h"

namespace oriel {

class extent_map {
public:
	/* `limit`: the extents that it may have at most. */
	explicit extent_map(u32 limit = max_extents) : limit_(limit) {}

	/* Bytes of the file; of them, those that have bytes in the lower file (st_blocks counts these); extents; memory in bytes. */
	u64 size() const { return tree_.bytes(); }
	u64 allocated() const { return allocated_; }
	u32 count() const { return tree_.count(); }
	u64 memory() const { return sizeof(*this) + u64{tree_.nodes()} * extent_tree::node_bytes; }

	/* ---- looking ---- */

	struct found {
		extent whole;
		u64 start; /* byte offset in the file at which the extent starts */
	};
	/* The extent that holds the byte; invalid at or behind the end. */
	result<found> find(u64 offset) const;

	/* visit(u64 offset, const extent &part) -> result<void> for what lies in the range, in order; what is behind the end is left out.
	 * Ends at the first failure, and fails with it.  The map must not be changed meanwhile. */
	template <class F>
	result<void> for_each(u64 offset, u64 length, F visit) const;

	/* ---- changing ----
	 *
	 * freed(u64 physical, u64 length) -> result<void> is told each range of the lower file that the operation frees, before the map
	 * is changed; if it fails, so does the operation, and what it has been told before is not freed either. */

	/* Takes bytes out; those behind move down.  The range must end before the file does, as fallocate(2) has it. */
	template <class F>
	result<void> collapse(const sleeping_context &ctx, u64 offset, u64 length, F freed);
	/* Puts a hole in front of the byte at `offset`, which must exist. */
	result<void> insert(const sleeping_context &ctx, u64 offset, u64 length);
	/* Puts `e` where its bytes were so far; may go on behind the end, and start there, not further. */
	template <class F>
	result<void> map(const sleeping_context &ctx, u64 offset, const extent &e, F freed);
	/* Makes a hole; the range must lie in the file. */
	template <class F>
	result<void> punch(const sleeping_context &ctx, u64 offset, u64 length, F freed);
	/* Cuts off at the end, or puts a hole there. */
	template <class F>
	result<void> resize(const sleeping_context &ctx, u64 size, F freed);
	/* Says of bytes that have a place that they are written (data), or not: then they read as zeros.  The range must lie in one extent,
	 * which is no hole. */
	result<void> convert(const sleeping_context &ctx, u64 offset, u64 length, extent_kind kind);

	void clear();
	void swap(extent_map &other);

private:
	/* Replaces `removed` bytes at `offset` by the bytes of `fresh`, of which there may be none. */
	struct edit {
		u64 offset;
		u64 removed;
		extent fresh;
	};
	/* What an edit makes of the extents that it touches or borders on. */
	struct plan {
		extent_tree::position first; /* of the old ones */
		u32 old_count = 0;
		u32 new_count = 0;
		extent made[3];
		u64 freed_bytes = 0;

		void add(const extent &e);
	};

	static result<void> check(u64 offset, u64 length, u64 limit);
	result<void> check_growth(u64 length) const;
	result<plan> prepare(const edit &e) const;
	result<node_stock> reserve(const sleeping_context &ctx, const plan &p) const;
	void apply(const edit &e, const plan &p, node_stock &stock);
	result<void> run(const sleeping_context &ctx, const edit &e);
	template <class F>
	result<void> run(const sleeping_context &ctx, const edit &e, F freed);

	extent_tree tree_;
	u64 allocated_ = 0;
	u32 limit_;
};

/* ---- templates: thin, the work is in the .cc ---- */

template <class F>
result<void> extent_map::for_each(u64 offset, u64 length, F visit) const
{
	if (offset >= size() || !length)
		return {};
	const u64 end = length < size() - offset ? offset + length : size();
	extent_tree::position p = tree_.at(offset);
	do {
		extent part = tree_[p];
		const u64 start = p.start();
		if (part.length > end - start)
			part = part.first(end - start);
		if (start < offset)
			part = part.from(offset - start);
		ORIEL_TRY(visit(start < offset ? offset : start, static_cast<const extent &>(part)));
	} while (tree_.next(p) && p.start() < end);
	return {};
}

template <class F>
result<void> extent_map::run(const sleeping_context &ctx, const edit &e, F freed)
{
	const plan p = ORIEL_TRY(prepare(e));
	node_stock stock = ORIEL_TRY(reserve(ctx, p));
	ORIEL_TRY(for_each(e.offset, e.removed, [&](u64, const extent &part) {
		return part.where.is_hole() ? result<void>{} : freed(part.where.physical(), part.length);
	}));
	apply(e, p, stock);
	return {};
}

template <class F>
result<void> extent_map::collapse(const sleeping_context &ctx, u64 offset, u64 length, F freed)
{
	ORIEL_TRY(check(offset, length, size() ? size() - 1 : 0));
	return run(ctx, {offset, length, {}}, freed);
}

template <class F>
result<void> extent_map::map(const sleeping_context &ctx, u64 offset, const extent &e, F freed)
{
	if (offset > size() || !e.length)
		return errc::invalid;
	if (!e.valid() || !within_file(offset, e.length))
		return errc::file_too_big;
	const u64 there = size() - offset;
	return run(ctx, {offset, e.length < there ? e.length : there, e}, freed);
}

template <class F>
result<void> extent_map::punch(const sleeping_context &ctx, u64 offset, u64 length, F freed)
{
	ORIEL_TRY(check(offset, length, size()));
	return run(ctx, {offset, length, {length, place::hole()}}, freed);
}

template <class F>
result<void> extent_map::resize(const sleeping_context &ctx, u64 new_size, F freed)
{
	if (new_size > max_file_bytes)
		return errc::file_too_big;
	const u64 old_size = size();
	if (new_size > old_size)
		return run(ctx, {old_size, 0, {new_size - old_size, place::hole()}});
	return run(ctx, {new_size, old_size - new_size, {}}, freed);
}

} // namespace oriel
