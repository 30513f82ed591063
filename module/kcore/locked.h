/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lock that owns its data: the guard is the only way in, so data without its lock does not compile.
 *
 *   locked<table> table_{okb_mutex_registry};
 *   table_.lock(ctx)->insert(x);             // for one statement
 *   auto table = table_.lock(ctx);           // for a scope
 *
 * Context: taking a mutex sleeps, so lock() takes a sleeping token.
 */
#pragma once

#include "bindings/okb_mutex.h"
#include "kcore/context.h"
#include "kcore/opaque.h"

namespace oriel {

class mutex {
public:
	explicit mutex(okb_mutex_class lock_class) { okb_mutex_init(&storage_, lock_class); }
	mutex(const mutex &) = delete;
	mutex &operator=(const mutex &) = delete;

private:
	template <class T>
	friend class locked;
	template <class T>
	friend class guard;

	void lock() { okb_mutex_lock(&storage_); }
	void unlock() { okb_mutex_unlock(&storage_); }

	opaque<OKB_MUTEX_SIZE, 8> storage_;
};

template <class T>
class [[nodiscard]] guard {
public:
	guard(mutex &m, T &data) : mutex_(m), data_(data) { mutex_.lock(); }
	~guard() { mutex_.unlock(); }
	guard(const guard &) = delete;
	guard &operator=(const guard &) = delete;

	T *operator->() const { return &data_; }
	T &operator*() const { return data_; }

private:
	mutex &mutex_;
	T &data_;
};

template <class T>
class locked {
public:
	template <class... Args>
	explicit locked(okb_mutex_class lock_class, Args &&...args) : mutex_(lock_class), data_(static_cast<Args &&>(args)...)
	{
	}

	guard<T> lock(const sleeping_context &) { return guard<T>{mutex_, data_}; }

private:
	mutex mutex_;
	T data_;
};

} // namespace oriel
