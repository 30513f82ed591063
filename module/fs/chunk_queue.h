/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue of plain values in chunks of `Bytes`, which it owns.  Room is made beforehand, so that adding and joining cannot fail.
 * Locking: none.
 */
#pragma once

#include "kcore/memory.h"
#include "kcore/types.h"

namespace oriel {

template <class T, u32 Bytes = 1024>
class chunk_queue {
public:
	chunk_queue() = default;
	chunk_queue(const chunk_queue &) = delete;
	chunk_queue &operator=(const chunk_queue &) = delete;
	~chunk_queue() { clear(); }

	u32 count() const { return count_; }
	u64 memory() const { return u64{chunks_} * sizeof(chunk); }
	/* The one that was added last; there must be one. */
	T &last() { return last_->values[last_->count - 1]; }

	/* Makes room for `more` values behind those that are there. */
	result<void> reserve(const sleeping_context &ctx, u32 more = 1)
	{
		u32 room = 0;
		for (chunk *c = last_; c; c = c->next)
			room += capacity - c->count;
		for (; room < more; room += capacity)
			append(ORIEL_TRY(make<chunk>(ctx)).release());
		return {};
	}
	/* There must be room. */
	void push(const T &value)
	{
		if (last_->count == capacity)
			last_ = last_->next;
		last_->values[last_->count++] = value;
		count_++;
	}
	/* Takes the last values away, until `count` are left. */
	void shrink(u32 count)
	{
		chunk *c = first_;
		u32 before = 0;
		for (; c && before + c->count < count; c = c->next)
			before += c->count;
		if (!c)
			return;
		last_ = c;
		c->count = count - before;
		for (c = c->next; c; c = c->next)
			c->count = 0;
		count_ = count;
	}
	/* Moves all of `other` in front of what is here. */
	void prepend(chunk_queue &other)
	{
		other.drop_unused();
		if (!other.first_)
			return;
		other.last_->next = first_;
		first_ = other.first_;
		if (!last_ || !count_)
			last_ = other.last_;
		count_ += other.count_;
		chunks_ += other.chunks_;
		other.forget();
	}
	void swap(chunk_queue &other)
	{
		std::swap(first_, other.first_);
		std::swap(last_, other.last_);
		std::swap(count_, other.count_);
		std::swap(chunks_, other.chunks_);
	}
	void clear()
	{
		free_from(first_);
		forget();
	}

	/* visit(const T *values, u32 count) -> result<void>, for runs of values in order; ends at the first failure, and fails with it. */
	template <class F>
	result<void> for_runs(F visit) const
	{
		for (const chunk *c = first_; c; c = c->next)
			if (c->count)
				ORIEL_TRY(visit(static_cast<const T *>(c->values), c->count));
		return {};
	}

private:
	static constexpr u32 capacity = (Bytes - 16) / sizeof(T);

	struct chunk {
		chunk *next = nullptr;
		u32 count = 0;
		T values[capacity];
	};

	/* A chunk without values goes behind all others. */
	void append(chunk *fresh)
	{
		chunk **end = last_ ? &last_->next : &first_;
		while (*end)
			end = &(*end)->next;
		*end = fresh;
		if (!last_)
			last_ = fresh;
		chunks_++;
	}
	void free_from(chunk *c)
	{
		while (c) {
			chunk *next = c->next;
			owned<chunk>::adopt(c).reset();
			chunks_--;
			c = next;
		}
	}
	void drop_unused()
	{
		if (!count_) {
			clear();
			return;
		}
		free_from(last_->next);
		last_->next = nullptr;
	}
	void forget()
	{
		first_ = last_ = nullptr;
		count_ = chunks_ = 0;
	}

	chunk *first_ = nullptr;
	chunk *last_ = nullptr; /* that the next value goes to, if it has room; behind it are empty ones */
	u32 count_ = 0;
	u32 chunks_ = 0;
};

} // namespace oriel
