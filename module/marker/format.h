/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A marker's format, "key=%conversion ...", taken apart: its fields, their place in a trace record, and how they are printed.
 * Pure: no allocation, no kernel; the same code runs in the host tests and under the fuzzer.
 */
#pragma once

#include "bindings/okb_event.h"
#include "kcore/result.h"
#include "kcore/text.h"
#include "kcore/types.h"

namespace oriel {

inline constexpr std::size_t max_format = 512; /* bytes, without the NUL */
inline constexpr std::size_t max_key = 31;     /* bytes, without the NUL */
inline constexpr u32 max_string = 256;         /* bytes of a %s argument that are kept, with the NUL */

enum class field_kind : u8 { number, character, pointer, string };

struct field {
	name<max_key + 1> key;
	name<16> conversion; /* as written, with its %: "%08lx" */
	name<16> print;      /* the same for an unsigned long long: "%08llx"; unused for strings and pointers */
	field_kind kind;
	bool is_signed;
	u16 size;   /* bytes in the record; a string has 4: offset and length of its data, as ftrace's __data_loc */
	u16 offset; /* bytes from the start of the record, header included */
};

class format {
public:
	/* Fails with errc::invalid, and `why` says what is wrong in words for the kernel log; `f` is then unspecified. */
	static result<void> parse(text source, format &f, const char *&why);

	u32 count() const { return count_; }
	const field &operator[](u32 i) const { return fields_[i]; }
	/* The source was empty: the one field is `line`, the line of the marker in its source file. */
	bool line_only() const { return line_only_; }
	/* Bytes of a record without the data of its strings, header included. */
	u32 fixed_size() const { return fixed_size_; }
	/* Index of the field with that key, or count(). */
	u32 find(text key) const;

	/* The print fmt line of an ftrace format file.  False if it does not fit. */
	[[nodiscard]] bool print_format(name<1536> &out) const;

private:
	result<void> add(text key, text conversion, const char *&why);
	void lay_out();

	field fields_[OKB_EVENT_MAX_FIELDS];
	u32 count_ = 0;
	u32 fixed_size_ = OKB_EVENT_HEADER;
	bool line_only_ = false;
};

/* The C type of a field for the format file; a literal. */
const char *type_name(const field &f);

} // namespace oriel
