// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "exit_code.hpp"

#include <string>
#include <utility>
#include <variant>

namespace oriel {

// Why something could not be done. `remedy` is a command or a sentence for the user, or empty.
struct error {
	std::string message;
	std::string remedy = {};
	exit_code code = exit_code::failure;
};

// A value, or the reason why there is none. Dereferencing a failed one is a bug of the caller and throws
// std::bad_variant_access.
template <typename T>
class [[nodiscard]] result {
public:
	result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
	result(error why) : state_(std::in_place_index<1>, std::move(why)) {}

	explicit operator bool() const { return state_.index() == 0; }
	T &operator*() { return std::get<0>(state_); }
	const T &operator*() const { return std::get<0>(state_); }
	T *operator->() { return &std::get<0>(state_); }
	const T *operator->() const { return &std::get<0>(state_); }
	const error &failure() const { return std::get<1>(state_); }

private:
	std::variant<T, error> state_;
};

} // namespace oriel
