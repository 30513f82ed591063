// SPDX-License-Identifier: GPL-2.0
#include "fs/extent_map.h"

namespace oriel {

/* Whether the range is not empty and ends at `limit` at the latest. */
result<void> extent_map::check(u64 offset, u64 length, u64 limit)
{
	if (!length || offset > limit || length > limit - offset)
		return errc::invalid;
	return {};
}

result<extent_map::found> extent_map::find(u64 offset) const
{
	if (offset >= size())
		return errc::invalid;
	const extent_tree::position p = tree_.at(offset);
	return found{tree_[p], p.start()};
}

result<void> extent_map::insert(const sleeping_context &ctx, u64 offset, u64 length)
{
	ORIEL_TRY(check(offset, 1, size()));
	if (!length)
		return errc::invalid;
	if (!within_file(size(), length))
		return errc::file_too_big;
	return run(ctx, {offset, 0, {length, place::hole()}});
}

result<void> extent_map::convert(const sleeping_context &ctx, u64 offset, u64 length, extent_kind kind)
{
	ORIEL_TRY(check(offset, length, size()));
	const found f = ORIEL_TRY(find(offset));
	const extent behind = f.whole.from(offset - f.start);
	if (kind == extent_kind::hole || behind.where.is_hole() || length > behind.length)
		return errc::invalid;
	return run(ctx, {offset, length, {length, place::at(behind.where.physical(), kind)}});
}

void extent_map::clear()
{
	tree_.clear();
	allocated_ = 0;
}

void extent_map::swap(extent_map &other)
{
	tree_.swap(other.tree_);
	std::swap(allocated_, other.allocated_);
	std::swap(limit_, other.limit_);
}

void extent_map::plan::add(const extent &e)
{
	if (!e.length)
		return;
	if (new_count && made[new_count - 1].joins(e))
		made[new_count - 1].length += e.length;
	else
		made[new_count++] = e;
}

/*
 * An edit touches the extents from that of the byte before it to that of the byte behind it.  In their stead come what is left of the
 * first, the fresh one, and what is left of the last: at most three, and the neighbours of these need not be looked at, as their ends
 * stay as they were.
 */
result<extent_map::plan> extent_map::prepare(const edit &e) const
{
	plan p;
	const u64 end = e.offset + e.removed;
	extent left, right;
	if (size()) {
		extent_tree::position at = p.first = tree_.at(e.offset ? e.offset - 1 : 0);
		left = tree_[at].first(e.offset - at.start());
		do {
			p.old_count++;
			const extent here = tree_[at];
			const u64 from = at.start() > e.offset ? at.start() : e.offset;
			const u64 to = here.length < end - at.start() ? at.start() + here.length : end;
			if (to > from && !here.where.is_hole())
				p.freed_bytes += to - from;
			if (end - at.start() < here.length)
				right = here.from(end - at.start());
		} while (tree_.next(at) && at.start() <= end);
	}
	p.add(left);
	p.add(e.fresh);
	p.add(right);
	if (p.new_count > p.old_count && count() + p.new_count - p.old_count > limit_)
		return errc::too_big;
	return p;
}

result<node_stock> extent_map::reserve(const sleeping_context &ctx, const plan &p) const
{
	if (p.new_count <= p.old_count)
		return node_stock{};
	extent_tree::position last = p.first;
	for (u32 i = 1; i < p.old_count; i++)
		tree_.next(last);
	return tree_.reserve(ctx, last, p.new_count - p.old_count);
}

/* Cannot fail: what is there is overwritten in place, and then there are either too few or too many. */
void extent_map::apply(const edit &e, const plan &p, node_stock &stock)
{
	allocated_ -= p.freed_bytes;
	if (!e.fresh.where.is_hole())
		allocated_ += e.fresh.length;

	extent_tree::position at = p.first;
	const u64 start = p.old_count ? at.start() : 0;
	u64 done = 0; /* bytes, from `start` */
	u32 i = 0;
	for (; i < p.new_count && i < p.old_count; i++) {
		if (i)
			tree_.next(at);
		tree_.set(at, p.made[i]);
		done += p.made[i].length;
	}
	for (; i < p.new_count; i++) {
		if (i)
			at = tree_.at(start + done - 1);
		tree_.insert_after(at, p.made[i], stock);
		done += p.made[i].length;
	}
	for (; i < p.old_count; i++)
		tree_.erase(tree_.at(start + done));
}

result<void> extent_map::run(const sleeping_context &ctx, const edit &e)
{
	return run(ctx, e, [](u64, u64) { return result<void>{}; });
}

} // namespace oriel
