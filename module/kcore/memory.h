/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects on the kernel's heap.  Plain `new` does not link; make<T>() takes the token that allows the allocation, checks it, and returns
 * an owner.
 */
#pragma once

#include <new>
#include <utility>

#include "bindings/okb_memory.h"
#include "kcore/context.h"
#include "kcore/result.h"

namespace oriel {

/* Sole owner of an object made by make<T>(); frees it when it goes. */
template <class T>
class owned {
public:
	constexpr owned() = default;
	constexpr owned(owned &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
	owned &operator=(owned &&other) noexcept
	{
		if (this != &other) {
			reset();
			object_ = std::exchange(other.object_, nullptr);
		}
		return *this;
	}
	~owned() { reset(); }

	/* Takes over what release() gave up; `object` may be null. */
	static owned adopt(T *object) { return owned{object}; }
	[[nodiscard]] T *release() { return std::exchange(object_, nullptr); }

	void reset()
	{
		/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Branch): it does not follow the union in result<T> */
		if (object_) {
			object_->~T();
			okb_free(std::exchange(object_, nullptr));
		}
	}

	constexpr T *get() const { return object_; }
	constexpr T *operator->() const { return object_; }
	constexpr T &operator*() const { return *object_; }
	constexpr explicit operator bool() const { return object_ != nullptr; }

private:
	constexpr explicit owned(T *object) : object_(object) {}

	T *object_ = nullptr;
};

/*
 * A zeroed, then constructed T, or errc::no_memory.  Constructors cannot fail.
 * A nofs_context stands for memalloc_nofs_save(), under which the kernel takes GFP_KERNEL as GFP_NOFS: one binding serves both.
 */
template <class T, class... Args>
result<owned<T>> make(const sleeping_context &, Args &&...args)
{
	static_assert(alignof(T) <= alignof(unsigned long long), "kmalloc aligns to 8 bytes");
	void *space = okb_alloc(sizeof(T));
	if (!space)
		return errc::no_memory;
	return owned<T>::adopt(::new (space) T(std::forward<Args>(args)...));
}

} // namespace oriel
