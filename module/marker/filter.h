/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A filter over a marker's keys, in ftrace's syntax (Documentation/trace/events.rst of the kernel, "Filter rules"):
 *
 *   count > 3 && (name == "eth0" || name ~ "veth*") && !(flags & 0x4)
 *
 * Numbers: == != < <= > >= &.  Strings: == != ~ (shell pattern).  Compiled once, then evaluated over a marker's arguments before any
 * buffer space is taken.  Pure, like format.h.
 */
#pragma once

#include "kcore/context.h"
#include "kcore/result.h"
#include "kcore/text.h"
#include "marker/format.h"

namespace oriel {

inline constexpr std::size_t max_filter = 255; /* bytes, without the NUL */

enum class comparison : u8 { equal, unequal, less, less_equal, greater, greater_equal, any_bit, glob };

class filter {
public:
	/* An empty source passes everything.  Fails with errc::invalid, and `why` says what is wrong. */
	static result<void> compile(text source, const format &f, filter &out, const char *&why);

	bool passes_all() const { return !instruction_count_; }

	/* `args`: one word for each field of the format; strings are pointers or NULL. */
	bool passes(const nmi_context &, const u64 *args) const;

private:
	friend class filter_parser;

	enum class opcode : u8 { test, negate, both, either };

	struct test {
		u8 argument; /* index into args */
		u8 size;     /* bytes of a number */
		bool is_signed;
		bool is_string;
		comparison how;
		u64 number;
		name<64> string;
	};
	struct instruction {
		opcode op;
		u8 test;
	};

	static constexpr u32 max_tests = 16;
	static constexpr u32 max_instructions = 48; /* 16 tests, 15 joints, and as many negations as joints */

	bool run_test(const test &t, const u64 *args) const;

	test tests_[max_tests];
	instruction program_[max_instructions]; /* postfix */
	u32 test_count_ = 0;
	u32 instruction_count_ = 0;
};

} // namespace oriel
