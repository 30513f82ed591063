/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sequence of extents in a B+tree that counts bytes: finding the extent of a byte, inserting and erasing one take O(log extents).
 *
 * The tree does not know what the extents mean: it joins none and refuses none.  extent_map does.
 * Ownership: of its nodes.  Locking: none; whoever changes it excludes everybody, readers exclude only those who change.
 */
#pragma once

#include "fs/extent.h"
#include "kcore/context.h"
#include "kcore/memory.h"

namespace oriel {

struct extent_node;

/* Levels.  A node but the last of its level is half full, so four hold 900,000 extents. */
inline constexpr u32 max_tree_height = 6;

/* Nodes allocated beforehand, so that inserting cannot fail; what is left over is freed with it. */
class node_stock {
public:
	node_stock();
	node_stock(node_stock &&) noexcept;
	~node_stock();

	result<void> fill(const sleeping_context &ctx, u32 count);
	/* There must be one. */
	owned<extent_node> take();

private:
	owned<extent_node> nodes_[max_tree_height + 1];
	u32 count_ = 0;
};

class extent_tree {
public:
	/* One extent of the sequence: the way to it from the root.  Void as soon as the tree gains or loses an extent. */
	class position {
	public:
		/* Byte offset at which the extent starts. */
		u64 start() const { return start_; }

	private:
		friend class extent_tree;

		struct step {
			extent_node *node;
			u32 index;
		};
		step steps_[max_tree_height];
		u64 start_ = 0;
	};

	extent_tree() = default;
	extent_tree(const extent_tree &) = delete;
	extent_tree &operator=(const extent_tree &) = delete;
	~extent_tree() { clear(); }

	/* Bytes of all extents; extents; nodes. */
	u64 bytes() const { return bytes_; }
	u32 count() const { return count_; }
	u32 nodes() const { return nodes_; }
	static const u32 node_bytes;

	/* The extent that holds the byte at `offset`, which must be less than bytes(). */
	position at(u64 offset) const;
	extent operator[](const position &p) const;
	/* On to the next extent; false, and `p` is void, if there is none. */
	bool next(position &p) const;

	/* Replaces the extent there; positions stay good, and the start of this one is unchanged. */
	void set(const position &p, const extent &e);

	/* The nodes that insert_after() may need to insert `extents` (1 or 2) one behind the other at `p`.  Fails with no_memory, or with
	 * too_big if the tree would be too high. */
	result<node_stock> reserve(const sleeping_context &ctx, const position &p, u32 extents) const;
	/* `p` is not looked at while the tree is empty. */
	void insert_after(const position &p, const extent &e, node_stock &stock);
	void erase(const position &p);

	void clear();
	void swap(extent_tree &other);

private:
	void mend_level(const position &p, u32 level);
	void lower_root();
	void drop(extent_node *node);
	void drop_below(extent_node *node, u32 levels);

	extent_node *root_ = nullptr; /* none while empty */
	u32 height_ = 0;
	u32 count_ = 0;
	u32 nodes_ = 0;
	u64 bytes_ = 0;
};

} // namespace oriel
