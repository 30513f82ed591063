/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intrusive doubly linked list: the links lie in the elements, so that inserting cannot fail.
 *
 * An element derives from list_node<T, Tag>; Tag tells apart several lists that one object is on.
 * Locking: the owner's; the list has none.  Ownership: none either, unless the owner says so.
 */
#pragma once

namespace oriel {

struct default_list;

template <class T, class Tag = default_list>
class list;

template <class T, class Tag = default_list>
class list_node {
public:
	list_node() = default;
	list_node(const list_node &) = delete;
	list_node &operator=(const list_node &) = delete;

	bool linked() const { return next_ != nullptr; }

	/* Takes the element off its list; nothing if it is on none. */
	void unlink()
	{
		if (!linked())
			return;
		prev_->next_ = next_;
		next_->prev_ = prev_;
		next_ = prev_ = nullptr;
	}

private:
	friend class list<T, Tag>;

	list_node *next_ = nullptr;
	list_node *prev_ = nullptr;
};

template <class T, class Tag>
class list {
	using node = list_node<T, Tag>;

public:
	list() { head_.next_ = head_.prev_ = &head_; }
	list(const list &) = delete;
	list &operator=(const list &) = delete;

	/* Looks one element ahead, so the current one may be unlinked and freed inside the loop. */
	class iterator {
	public:
		explicit iterator(node *at) : at_(at), next_(at->next_) {}
		T &operator*() const { return static_cast<T &>(*at_); }
		T *operator->() const { return static_cast<T *>(at_); }
		iterator &operator++()
		{
			at_ = next_;
			next_ = at_->next_;
			return *this;
		}
		bool operator!=(const iterator &other) const { return at_ != other.at_; }

	private:
		node *at_;
		node *next_;
	};

	iterator begin() const { return iterator{head_.next_}; }
	iterator end() const { return iterator{&head_}; }
	bool empty() const { return head_.next_ == &head_; }
	T *first() const { return empty() ? nullptr : static_cast<T *>(head_.next_); }

	void push_back(T &element)
	{
		node &n = element;
		n.prev_ = head_.prev_;
		n.next_ = &head_;
		head_.prev_->next_ = &n;
		head_.prev_ = &n;
	}

private:
	mutable node head_;
};

} // namespace oriel
