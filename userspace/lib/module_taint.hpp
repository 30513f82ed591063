// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oriel {

// Bits of the kernel's and of a module's taint (include/linux/panic.h), by their numbers there.
enum class taint : unsigned {
	proprietary_module = 0,
	forced_module = 1,
	staging = 10,
	out_of_tree = 12,
	unsigned_module = 13,
	livepatch = 15,
	test = 18,
};

// A set of taint bits. What the kernel may have that this program does not know is kept.
class taint_set {
public:
	taint_set() = default;
	explicit taint_set(std::uint64_t bits) : bits_(bits) {}
	taint_set(std::initializer_list<taint> list)
	{
		for (const taint one : list)
			add(one);
	}

	// From the letters that /sys/module/NAME/taint shows; an unknown letter is kept as bit 63.
	static taint_set from_letters(std::string_view letters);

	void add(taint one) { bits_ |= bit(one); }
	bool has(taint one) const { return (bits_ & bit(one)) != 0; }
	bool empty() const { return bits_ == 0; }
	std::uint64_t bits() const { return bits_; }
	taint_set without(taint_set other) const { return taint_set(bits_ & ~other.bits_); }
	taint_set with(taint_set other) const { return taint_set(bits_ | other.bits_); }
	bool operator==(const taint_set &) const = default;

	std::string letters() const;            // as the kernel prints them; "" where there is none
	std::vector<std::string> words() const; // what each means

private:
	static constexpr std::uint64_t bit(taint one) { return std::uint64_t{1} << static_cast<unsigned>(one); }

	std::uint64_t bits_ = 0;
};

} // namespace oriel
