/* SPDX-License-Identifier: GPL-2.0 */
/* One firing of a marker on its way into trace buffers: measured once, packed for each buffer, printed later. */
#pragma once

#include "bindings/okb_event.h"
#include "kcore/context.h"
#include "kcore/text.h"
#include "marker/format.h"

namespace oriel {

/* What a %s argument reads as: the string, at most max_string - 1 bytes of it, or a word in parentheses for what is no pointer. */
text string_argument(u64 word);

/* An argument cut to `size` bytes and extended again. */
constexpr u64 narrow(u64 word, u32 size, bool is_signed)
{
	if (size >= 8)
		return word;
	u32 shift = 64 - 8 * size;
	return is_signed ? static_cast<u64>(static_cast<s64>(word << shift) >> shift) : word << shift >> shift;
}

/* Lives on the stack of the firing marker. */
class record {
public:
	/* `args`: one word for each field of the format. */
	record(const nmi_context &, const format &f, const u64 *args);

	/* Bytes, header included. */
	u32 size() const { return size_; }
	/* `entry`: size() bytes, of which the header is filled in by others. */
	void pack(u8 *entry) const;

private:
	const format &format_;
	const u64 *args_;
	u32 size_;
	/* Of the string fields, measured once: their text, by field; the others are not touched. */
	const char *strings_[OKB_EVENT_MAX_FIELDS];
	u32 lengths_[OKB_EVENT_MAX_FIELDS];
};

/* Prints a packed record as "key=value ..."; never reads past `size` bytes, whatever the record says. */
void print_record(const format &f, okb_seq *seq, const u8 *entry, u32 size);

} // namespace oriel
