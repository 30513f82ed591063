/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text: a view of characters, not terminated, not owned (std::string_view is not freestanding in libstdc++ 12).
 * name<N>: a short string in place, always terminated.
 */
#pragma once

#include <cstddef>

namespace oriel {

class text {
public:
	constexpr text() = default;
	constexpr text(const char *data, std::size_t size) : data_(data), size_(size) {}
	constexpr text(const char *terminated) : data_(terminated)
	{
		while (terminated[size_])
			size_++;
	}

	constexpr const char *data() const { return data_; }
	constexpr std::size_t size() const { return size_; }
	constexpr bool empty() const { return size_ == 0; }
	constexpr char operator[](std::size_t i) const { return data_[i]; }
	constexpr const char *begin() const { return data_; }
	constexpr const char *end() const { return data_ + size_; }

	/* Both clamp: what lies past the end is empty. */
	constexpr text from(std::size_t start) const
	{
		return start >= size_ ? text{data_ + size_, 0} : text{data_ + start, size_ - start};
	}
	constexpr text first(std::size_t count) const { return text{data_, count < size_ ? count : size_}; }

	constexpr bool operator==(text other) const
	{
		if (size_ != other.size_)
			return false;
		for (std::size_t i = 0; i < size_; i++)
			if (data_[i] != other.data_[i])
				return false;
		return true;
	}

	/* Index of `c`, or size() if it does not occur. */
	constexpr std::size_t find(char c) const
	{
		std::size_t i = 0;
		while (i < size_ && data_[i] != c)
			i++;
		return i;
	}

private:
	const char *data_ = "";
	std::size_t size_ = 0;
};

/* At most N - 1 characters and a NUL. */
template <std::size_t N>
class name {
public:
	constexpr name() = default;

	/* False, and unchanged, if `t` does not fit. */
	[[nodiscard]] constexpr bool assign(text t)
	{
		if (t.size() >= N)
			return false;
		for (size_ = 0; size_ < t.size(); size_++)
			data_[size_] = t[size_];
		data_[size_] = '\0';
		return true;
	}
	[[nodiscard]] constexpr bool append(text t)
	{
		if (size_ + t.size() >= N)
			return false;
		for (char c : t)
			data_[size_++] = c;
		data_[size_] = '\0';
		return true;
	}

	constexpr const char *c_str() const { return data_; }
	constexpr operator text() const { return text{data_, size_}; }
	constexpr std::size_t size() const { return size_; }

private:
	char data_[N] = {};
	std::size_t size_ = 0;
};

constexpr bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

constexpr bool is_identifier_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A C identifier: what ftrace takes for the name of a field, an event, a subsystem. */
constexpr bool is_identifier(text t)
{
	if (t.empty() || !is_identifier_start(t[0]))
		return false;
	for (char c : t)
		if (!is_identifier_start(c) && !is_digit(c))
			return false;
	return true;
}

/* Shell pattern over the whole of `t`: '*' any run, '?' any one character.  Time: |pattern| * |t| at worst. */
constexpr bool matches_glob(text pattern, text t)
{
	std::size_t p = 0, i = 0, star = pattern.size(), retry = 0;
	while (i < t.size()) {
		if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == t[i] && pattern[p] != '*'))) {
			p++;
			i++;
		} else if (p < pattern.size() && pattern[p] == '*') {
			star = p++;
			retry = i;
		} else if (star < pattern.size()) {
			p = star + 1;
			i = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.size() && pattern[p] == '*')
		p++;
	return p == pattern.size();
}

} // namespace oriel
