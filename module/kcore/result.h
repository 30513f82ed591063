/* SPDX-License-Identifier: GPL-2.0 */
/*
 * result<T>: a value or an error, never both, and never ignored.
 *
 * An error is an errno of Linux, kept as its negative number, as the kernel returns it.  Conversion to a bare int happens only where the
 * core meets its bindings (errno_of()).
 */
#pragma once

#include <new>
#include <type_traits>
#include <utility>

namespace oriel {

/* The errnos that the core hands out; numbers from include/uapi/asm-generic/errno*.h. */
enum class errc : int {
	not_permitted = 1,
	not_found = 2,
	too_big = 7,
	no_memory = 12,
	busy = 16,
	exists = 17,
	no_device = 19,
	invalid = 22,
	file_too_big = 27,
	no_space = 28,
	out_of_range = 34,
	name_too_long = 36,
	no_data = 61,
	protocol = 71,
	bad_message = 74,
	message_size = 90,
	not_supported = 95,
	unclean = 117,
};

class error {
public:
	constexpr explicit error(errc code) : negative_(-static_cast<int>(code)) {}

	/* `negative`: -1 .. -4095, as a kernel function returned it. */
	static constexpr error from_kernel(int negative) { return error{negative}; }

	constexpr int negative() const { return negative_; }
	constexpr bool operator==(errc code) const { return negative_ == -static_cast<int>(code); }

private:
	constexpr explicit error(int negative) : negative_(negative >= 0 || negative < -4095 ? -22 : negative) {}

	int negative_;
};

template <class T>
class [[nodiscard]] result {
public:
	constexpr result(T value) : value_(std::move(value)), negative_(0) {}
	constexpr result(error e) : negative_(e.negative()) {}
	constexpr result(errc e) : result(error{e}) {}
	constexpr result(result &&other) noexcept : negative_(other.negative_)
	{
		if (other)
			::new (&value_) T(std::move(other.value_));
	}
	constexpr ~result()
	{
		if (*this)
			value_.~T();
	}
	result(const result &) = delete;
	result &operator=(result &&) = delete;

	constexpr explicit operator bool() const { return negative_ == 0; }
	constexpr error failure() const { return error::from_kernel(negative_); }
	constexpr T &value() & { return value_; }
	constexpr T &&value() && { return std::move(value_); }
	constexpr const T &value() const & { return value_; }

private:
	union {
		T value_;
	};
	int negative_;
};

template <>
class [[nodiscard]] result<void> {
public:
	constexpr result() = default;
	constexpr result(error e) : negative_(e.negative()) {}
	constexpr result(errc e) : result(error{e}) {}

	/* `status`: 0, or a negative errno as a kernel function returned it. */
	static constexpr result from_kernel(int status) { return status ? result{error::from_kernel(status)} : result{}; }

	constexpr explicit operator bool() const { return negative_ == 0; }
	constexpr error failure() const { return error::from_kernel(negative_); }

private:
	int negative_ = 0;
};

/* For the bindings' side only: what a C caller is told. */
constexpr int errno_of(const result<void> &r)
{
	return r ? 0 : r.failure().negative();
}

} // namespace oriel

/* Evaluates to the value of a result<T>, or returns its error from the enclosing function. */
#define ORIEL_TRY(expression) \
	({ \
		auto oriel_try_ = (expression); \
		if (!oriel_try_) \
			return oriel_try_.failure(); \
		::oriel::detail::unwrap(std::move(oriel_try_)); \
	})

namespace oriel::detail {

template <class T>
constexpr T unwrap(result<T> &&r)
{
	return std::move(r).value();
}

constexpr void unwrap(result<void> &&) {}

} // namespace oriel::detail
