// SPDX-License-Identifier: GPL-2.0
#include "fs/extent_tree.h"

namespace oriel {
namespace {

/* Of a leaf: an extent.  Above: a node, and the bytes of all extents below it. */
struct entry {
	u64 bytes;
	union {
		u64 where; /* place::word() */
		extent_node *child;
	};
};

constexpr u32 capacity = 63;
constexpr u32 half = capacity / 2;

} // namespace

struct extent_node {
	u32 count = 0;
	entry entries[capacity];

	bool full() const { return count == capacity; }

	u64 bytes() const
	{
		u64 sum = 0;
		for (u32 i = 0; i < count; i++)
			sum += entries[i].bytes;
		return sum;
	}
	/* There must be room. */
	void put(u32 index, const entry &e)
	{
		__builtin_memmove(&entries[index + 1], &entries[index], (count - index) * sizeof(entry));
		entries[index] = e;
		count++;
	}
	void remove(u32 index)
	{
		count--;
		__builtin_memmove(&entries[index], &entries[index + 1], (count - index) * sizeof(entry));
	}
	/* Moves the last `n` entries to the front of `right`. */
	void give_to(extent_node &right, u32 n)
	{
		__builtin_memmove(&right.entries[n], &right.entries[0], right.count * sizeof(entry));
		__builtin_memcpy(&right.entries[0], &entries[count - n], n * sizeof(entry));
		right.count += n;
		count -= n;
	}
	/* Moves the first `n` entries of `right` to the end. */
	void take_from(extent_node &right, u32 n)
	{
		__builtin_memcpy(&entries[count], &right.entries[0], n * sizeof(entry));
		count += n;
		right.count -= n;
		__builtin_memmove(&right.entries[0], &right.entries[n], right.count * sizeof(entry));
	}
};

static_assert(sizeof(extent_node) == 1016, "kmalloc has a size for it: 1 KiB");

const u32 extent_tree::node_bytes = sizeof(extent_node);

node_stock::node_stock() = default;
node_stock::node_stock(node_stock &&) noexcept = default;
node_stock::~node_stock() = default;

owned<extent_node> node_stock::take()
{
	return std::move(nodes_[--count_]);
}

result<void> node_stock::fill(const sleeping_context &ctx, u32 count)
{
	while (count_ < count)
		nodes_[count_++] = ORIEL_TRY(make<extent_node>(ctx));
	return {};
}

extent_tree::position extent_tree::at(u64 offset) const
{
	position p;
	extent_node *node = root_;
	for (u32 level = 0; level < height_; level++) {
		u32 i = 0;
		for (; offset >= node->entries[i].bytes; i++) {
			offset -= node->entries[i].bytes;
			p.start_ += node->entries[i].bytes;
		}
		p.steps_[level] = {node, i};
		if (level + 1 < height_)
			node = node->entries[i].child;
	}
	return p;
}

extent extent_tree::operator[](const position &p) const
{
	const position::step &leaf = p.steps_[height_ - 1];
	const entry &e = leaf.node->entries[leaf.index];
	return {e.bytes, place::from_word(e.where)};
}

bool extent_tree::next(position &p) const
{
	p.start_ += (*this)[p].length;
	u32 level = height_;
	while (level && p.steps_[level - 1].index + 1 == p.steps_[level - 1].node->count)
		level--;
	if (!level)
		return false;
	p.steps_[level - 1].index++;
	for (; level < height_; level++) {
		const position::step &above = p.steps_[level - 1];
		p.steps_[level] = {above.node->entries[above.index].child, 0};
	}
	return true;
}

void extent_tree::set(const position &p, const extent &e)
{
	const position::step &leaf = p.steps_[height_ - 1];
	entry &old = leaf.node->entries[leaf.index];
	const u64 difference = e.length - old.bytes; /* modulo 2^64, as the sums */
	old.where = e.where.word();
	for (const position::step *s = p.steps_; s != p.steps_ + height_; s++)
		s->node->entries[s->index].bytes += difference;
	bytes_ += difference;
}

/* A node is split at most once while two extents are inserted, and then its parent gains one entry. */
result<node_stock> extent_tree::reserve(const sleeping_context &ctx, const position &p, u32 extents) const
{
	u32 splits = 0;
	for (u32 gain = extents; splits < height_; gain = 1, splits++)
		if (p.steps_[height_ - 1 - splits].node->count + gain <= capacity)
			break;
	const bool new_root = splits == height_;
	if (new_root && height_ == max_tree_height)
		return errc::too_big;
	node_stock stock;
	ORIEL_TRY(stock.fill(ctx, splits + new_root));
	return stock;
}

void extent_tree::insert_after(const position &p, const extent &e, node_stock &stock)
{
	entry item;
	item.bytes = e.length;
	item.where = e.where.word();
	count_++;
	bytes_ += e.length;
	/* Behind everything, full nodes stay full: a map that is built from front to back has no room to spare. */
	bool behind_all = true;
	for (u32 level = 0; level < height_; level++)
		behind_all = behind_all && p.steps_[level].index + 1 == p.steps_[level].node->count;
	for (u32 level = 0; level + 1 < height_; level++)
		p.steps_[level].node->entries[p.steps_[level].index].bytes += e.length;

	for (u32 level = height_; level--;) {
		extent_node *node = p.steps_[level].node;
		const u32 index = p.steps_[level].index + 1;
		if (!node->full()) {
			node->put(index, item);
			return;
		}
		extent_node *right = stock.take().release();
		nodes_++;
		node->give_to(*right, behind_all ? 0 : capacity - half);
		if (index <= node->count && !behind_all)
			node->put(index, item);
		else
			right->put(index - node->count, item);
		item.bytes = right->bytes();
		item.child = right;
		if (level) {
			const position::step &above = p.steps_[level - 1];
			above.node->entries[above.index].bytes -= item.bytes;
		}
	}

	extent_node *old = root_;
	root_ = stock.take().release();
	nodes_++;
	height_++;
	if (old) {
		entry left;
		left.bytes = bytes_ - item.bytes;
		left.child = old;
		root_->put(0, left);
	}
	root_->put(root_->count, item);
}

void extent_tree::erase(const position &p)
{
	const u64 length = (*this)[p].length;
	for (u32 level = 0; level + 1 < height_; level++)
		p.steps_[level].node->entries[p.steps_[level].index].bytes -= length;
	const position::step &leaf = p.steps_[height_ - 1];
	leaf.node->remove(leaf.index);
	bytes_ -= length;
	count_--;
	for (u32 level = height_ - 1; level && p.steps_[level].node->count < half; level--)
		mend_level(p, level);
	lower_root();
}

/* The node on the way `p` at `level` is less than half full: evens it out with a neighbour, or makes one node of both. */
void extent_tree::mend_level(const position &p, u32 level)
{
	const position::step &above = p.steps_[level - 1];
	extent_node &parent = *above.node;
	if (parent.count == 1) {
		if (!parent.entries[0].child->count) {
			drop(parent.entries[0].child);
			parent.remove(0);
		}
		return;
	}
	const u32 i = above.index ? above.index - 1 : 0;
	entry &left_entry = parent.entries[i], &right_entry = parent.entries[i + 1];
	extent_node &left = *left_entry.child, &right = *right_entry.child;
	const u32 both = left.count + right.count;
	if (both <= capacity) {
		left.take_from(right, right.count);
		left_entry.bytes += right_entry.bytes;
		drop(&right);
		parent.remove(i + 1);
		return;
	}
	if (left.count > both / 2)
		left.give_to(right, left.count - both / 2);
	else
		left.take_from(right, both / 2 - left.count);
	const u64 bytes = left_entry.bytes + right_entry.bytes;
	left_entry.bytes = left.bytes();
	right_entry.bytes = bytes - left_entry.bytes;
}

void extent_tree::lower_root()
{
	while (height_ > 1 && root_->count == 1) {
		extent_node *child = root_->entries[0].child;
		drop(root_);
		root_ = child;
		height_--;
	}
	if (!count_)
		clear();
}

void extent_tree::drop(extent_node *node)
{
	nodes_--;
	owned<extent_node>::adopt(node).reset();
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree is high */
void extent_tree::drop_below(extent_node *node, u32 levels)
{
	if (levels)
		for (u32 i = 0; i < node->count; i++)
			drop_below(node->entries[i].child, levels - 1);
	drop(node);
}

void extent_tree::clear()
{
	if (root_)
		drop_below(root_, height_ - 1);
	root_ = nullptr;
	height_ = count_ = 0;
	bytes_ = 0;
}

void extent_tree::swap(extent_tree &other)
{
	std::swap(root_, other.root_);
	std::swap(height_, other.height_);
	std::swap(count_, other.count_);
	std::swap(nodes_, other.nodes_);
	std::swap(bytes_, other.bytes_);
}

} // namespace oriel
