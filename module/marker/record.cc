// SPDX-License-Identifier: GPL-2.0
#include "marker/record.h"

namespace oriel {

text string_argument(u64 word)
{
	/* As printk's check_pointer_msg(): neither the first page nor an error pointer is read. */
	constexpr u64 first_page = 4096, first_error = static_cast<u64>(-4095);
	if (!word)
		return "(null)";
	if (word < first_page || word >= first_error)
		return "(efault)";
	/* SAFETY: the marker's contract is that a %s argument is a kernel string. */
	auto *string = reinterpret_cast<const char *>(word);
	u32 length = 0;
	while (length < max_string - 1 && string[length])
		length++;
	return text{string, length};
}

record::record(const nmi_context &, const format &f, const u64 *args) : format_(f), args_(args), size_(f.fixed_size())
{
	for (u32 i = 0; i < f.count(); i++) {
		if (f[i].kind != field_kind::string)
			continue;
		text string = string_argument(args[i]);
		/* Room is left for the NUL of every string that may follow. */
		if (size_ + string.size() + OKB_EVENT_MAX_FIELDS > OKB_EVENT_MAX_RECORD)
			string = "";
		strings_[i] = string.data();
		lengths_[i] = string.size();
		size_ += string.size() + 1;
	}
}

void record::pack(u8 *entry) const
{
	u32 data = format_.fixed_size();
	for (u32 i = 0; i < format_.count(); i++) {
		const field &f = format_[i];
		u8 *at = entry + f.offset;
		switch (f.size) {
		case 1:
			*at = static_cast<u8>(args_[i]);
			break;
		case 2:
			__builtin_memcpy(at, &args_[i], 2);
			break;
		case 4:
			__builtin_memcpy(at, &args_[i], 4);
			break;
		default:
			__builtin_memcpy(at, &args_[i], 8);
			break;
		}
		if (f.kind != field_kind::string)
			continue;
		u32 length = lengths_[i], location = (length + 1) << 16 | data;
		__builtin_memcpy(at, &location, 4);
		/* The length was measured before; the string may have changed since, its end may not move. */
		__builtin_memcpy(entry + data, strings_[i], length);
		entry[data + length] = '\0';
		data += length + 1;
	}
}

namespace {

void print_string(okb_seq *seq, const u8 *entry, u32 size, u32 location)
{
	u32 start = location & 0xffff, length = location >> 16;
	if (!length || start + length > size || entry[start + length - 1])
		okb_seq_text(seq, "(damaged)");
	else
		okb_seq_text(seq, reinterpret_cast<const char *>(entry + start));
}

} // namespace

void print_record(const format &f, okb_seq *seq, const u8 *entry, u32 size)
{
	if (size < f.fixed_size()) {
		okb_seq_text(seq, "(truncated)");
		return;
	}
	for (u32 i = 0; i < f.count(); i++) {
		u64 word = 0;
		__builtin_memcpy(&word, entry + f[i].offset, f[i].size);
		okb_seq_text(seq, i ? " " : "");
		okb_seq_text(seq, f[i].key.c_str());
		okb_seq_text(seq, "=");
		if (f[i].kind == field_kind::string)
			print_string(seq, entry, size, static_cast<u32>(word));
		else if (f[i].kind == field_kind::pointer)
			okb_seq_pointer(seq, word);
		else
			okb_seq_number(seq, f[i].print.c_str(), narrow(word, f[i].size, f[i].is_signed));
	}
}

} // namespace oriel
