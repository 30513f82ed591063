// SPDX-License-Identifier: GPL-2.0
#include "marker/format.h"

namespace oriel {
namespace {

constexpr bool is_flag(char c)
{
	return c == '#' || c == '-' || c == '+' || c == '0' || c == ' ';
}

constexpr bool is_length(char c)
{
	return c == 'h' || c == 'l' || c == 'z';
}

/* "%08lx" -> flags and width "08", length "l", letter 'x'. */
struct conversion_parts {
	text flags_and_width;
	text length;
	char letter;
};

bool take_apart(text conversion, conversion_parts &parts)
{
	constexpr std::size_t max_width = 3; /* digits */
	text rest = conversion.from(1);
	std::size_t flags = 0;
	while (flags < rest.size() && is_flag(rest[flags]))
		flags++;
	std::size_t i = flags;
	while (i < rest.size() && i - flags < max_width && is_digit(rest[i]))
		i++;
	parts.flags_and_width = rest.first(i);
	rest = rest.from(i);
	for (i = 0; i < rest.size() && is_length(rest[i]);)
		i++;
	parts.length = rest.first(i);
	rest = rest.from(i);
	if (rest.size() != 1)
		return false;
	parts.letter = rest[0];
	return true;
}

/* Bytes of an integer with that length modifier, or 0 if there is no such modifier. */
u16 integer_size(text length)
{
	if (length.empty())
		return 4;
	if (length == "hh")
		return 1;
	if (length == "h")
		return 2;
	if (length == "l" || length == "ll" || length == "z")
		return 8;
	return 0;
}

bool classify(const conversion_parts &parts, field &f)
{
	switch (parts.letter) {
	case 'd':
	case 'i':
		f.is_signed = true;
		[[fallthrough]];
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		f.kind = field_kind::number;
		f.size = integer_size(parts.length);
		return f.size != 0;
	case 'c':
		f.kind = field_kind::character;
		f.size = 1;
		return parts.length.empty();
	case 'p':
		f.kind = field_kind::pointer;
		f.size = 8;
		return parts.length.empty();
	case 's':
		f.kind = field_kind::string;
		f.size = 4;
		return parts.length.empty();
	default:
		return false;
	}
}

bool write_print(const conversion_parts &parts, field &f)
{
	const char letter[] = {parts.letter, '\0'};
	return f.print.assign("%") && f.print.append(parts.flags_and_width) && f.print.append(f.kind == field_kind::number ? "ll" : "") &&
	       f.print.append(letter);
}

/* Index just past a separator at `i`: spaces, or a comma and spaces. */
std::size_t skip_separator(text source, std::size_t i)
{
	if (i < source.size() && source[i] == ',')
		i++;
	while (i < source.size() && source[i] == ' ')
		i++;
	return i;
}

/* Length of the conversion that starts `t`, which begins with '%': up to its letter. */
std::size_t conversion_length(text t)
{
	std::size_t i = 1;
	while (i < t.size() && (is_flag(t[i]) || is_digit(t[i]) || is_length(t[i])) && t[i] != ' ')
		i++;
	return i < t.size() ? i + 1 : i;
}

} // namespace

result<void> format::add(text key, text conversion, const char *&why)
{
	if (count_ == OKB_EVENT_MAX_FIELDS) {
		why = "the format has more than 12 keys";
		return errc::invalid;
	}
	field &f = fields_[count_];
	f = field{};
	if (!is_identifier(key) || !f.key.assign(key)) {
		why = "a key of the format is not an identifier of at most 31 characters";
		return errc::invalid;
	}
	if (key.first(7) == "common_" || find(key) != count_) {
		why = "a key of the format stands twice, or starts with common_, which ftrace keeps for itself";
		return errc::invalid;
	}
	conversion_parts parts;
	if (!f.conversion.assign(conversion) || !take_apart(conversion, parts) || !classify(parts, f) || !write_print(parts, f)) {
		why = "the format has a conversion that markers do not know (d i u x X o c p s, with hh h l ll z)";
		return errc::invalid;
	}
	count_++;
	return {};
}

result<void> format::parse(text source, format &f, const char *&why)
{
	f.count_ = 0;
	f.line_only_ = false;
	if (source.size() > max_format) {
		why = "the format is longer than 512 characters";
		return errc::invalid;
	}
	for (std::size_t i = skip_separator(source, 0); i < source.size();) {
		text rest = source.from(i);
		text key = rest.first(rest.find('='));
		text value = rest.from(key.size() + 1);
		if (value.empty() || value[0] != '%') {
			why = "the format is not a row of key=%conversion";
			return errc::invalid;
		}
		text conversion = value.first(conversion_length(value));
		ORIEL_TRY(f.add(key, conversion, why));
		std::size_t end = i + key.size() + 1 + conversion.size();
		i = skip_separator(source, end);
		if (i == end && end < source.size()) {
			why = "the format has characters between a conversion and the next key";
			return errc::invalid;
		}
	}
	/* Without any field, an event cannot be attached to by BPF. */
	if (!f.count_) {
		f.line_only_ = true;
		ORIEL_TRY(f.add("line", "%u", why));
	}
	f.lay_out();
	return {};
}

void format::lay_out()
{
	u32 offset = OKB_EVENT_HEADER;
	for (u32 i = 0; i < count_; i++) {
		field &f = fields_[i];
		offset = (offset + f.size - 1) / f.size * f.size;
		f.offset = static_cast<u16>(offset);
		offset += f.size;
	}
	fixed_size_ = offset;
}

u32 format::find(text key) const
{
	u32 i = 0;
	while (i < count_ && !(text{fields_[i].key} == key))
		i++;
	return i;
}

namespace {

/*
 * A conversion as trace-cmd and perf can read it: libtraceevent does not know %c nor the flags '+' and ' ', and takes the arguments that
 * follow for the wrong ones.
 */
template <std::size_t N>
bool append_for_tools(name<N> &out, text conversion)
{
	bool fits = true;
	for (char c : conversion) {
		const char for_tools = c == 'c' ? 'd' : c;
		if (c != '+' && c != ' ')
			fits = fits && out.append(text{&for_tools, 1});
	}
	return fits;
}

} // namespace

bool format::print_format(name<1536> &out) const
{
	bool fits = out.assign("\"");
	for (u32 i = 0; i < count_; i++)
		fits = fits && out.append(i ? " " : "") && out.append(fields_[i].key) && out.append("=") &&
		       append_for_tools(out, fields_[i].conversion);
	fits = fits && out.append("\"");
	for (u32 i = 0; i < count_; i++) {
		bool is_string = fields_[i].kind == field_kind::string;
		fits = fits && out.append(is_string ? ", __get_str(" : ", REC->") && out.append(fields_[i].key) &&
		       out.append(is_string ? ")" : "");
	}
	return fits;
}

const char *type_name(const field &f)
{
	switch (f.kind) {
	case field_kind::string:
		return "__data_loc char[]";
	case field_kind::pointer:
		return "void *";
	case field_kind::character:
		return "char";
	case field_kind::number:
		break;
	}
	switch (f.size) {
	case 1:
		return f.is_signed ? "signed char" : "unsigned char";
	case 2:
		return f.is_signed ? "short" : "unsigned short";
	case 4:
		return f.is_signed ? "int" : "unsigned int";
	default:
		return f.is_signed ? "long long" : "unsigned long long";
	}
}

} // namespace oriel
