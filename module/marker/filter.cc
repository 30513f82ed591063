// SPDX-License-Identifier: GPL-2.0
#include "marker/filter.h"

#include "marker/record.h"

namespace oriel {

/* Recursive descent; the depth is bounded, since kernel stacks are small and filters come from outside. */
class filter_parser {
public:
	filter_parser(text source, const format &f, filter &out) : rest_(source), format_(f), out_(out) {}

	result<void> parse()
	{
		skip_spaces();
		if (rest_.empty())
			return {};
		ORIEL_TRY(either(0));
		if (!rest_.empty())
			return refuse("there is something behind the end of the filter");
		return {};
	}

	const char *why() const { return why_; }

private:
	static constexpr u32 max_depth = 16;

	result<void> refuse(const char *why)
	{
		why_ = why;
		return errc::invalid;
	}

	void skip_spaces()
	{
		while (!rest_.empty() && rest_[0] == ' ')
			rest_ = rest_.from(1);
	}

	bool take(text token)
	{
		if (!(rest_.first(token.size()) == token))
			return false;
		rest_ = rest_.from(token.size());
		skip_spaces();
		return true;
	}

	result<void> emit(filter::opcode op, u32 test = 0)
	{
		if (out_.instruction_count_ == filter::max_instructions)
			return refuse("the filter is too long");
		out_.program_[out_.instruction_count_++] = {op, static_cast<u8>(test)};
		return {};
	}

	result<void> either(u32 depth)
	{
		ORIEL_TRY(both(depth));
		while (take("||")) {
			ORIEL_TRY(both(depth));
			ORIEL_TRY(emit(filter::opcode::either));
		}
		return {};
	}

	result<void> both(u32 depth)
	{
		ORIEL_TRY(factor(depth));
		while (take("&&")) {
			ORIEL_TRY(factor(depth));
			ORIEL_TRY(emit(filter::opcode::both));
		}
		return {};
	}

	result<void> factor(u32 depth)
	{
		if (depth == max_depth)
			return refuse("the filter is nested more than 16 deep");
		if (take("!")) {
			ORIEL_TRY(factor(depth + 1));
			return emit(filter::opcode::negate);
		}
		if (take("(")) {
			ORIEL_TRY(either(depth + 1));
			return take(")") ? result<void>{} : refuse("the filter lacks a closing parenthesis");
		}
		return one_comparison();
	}

	text take_word()
	{
		std::size_t i = 0;
		while (i < rest_.size() && (is_identifier_start(rest_[i]) || is_digit(rest_[i])))
			i++;
		text word = rest_.first(i);
		rest_ = rest_.from(i);
		skip_spaces();
		return word;
	}

	bool take_operator(comparison &how)
	{
		using enum comparison;
		static constexpr struct {
			const char *token;
			comparison how;
		} operators[] = {{"==", equal}, {"!=", unequal}, {"<=", less_equal}, {">=", greater_equal},
				 {"<", less},   {">", greater},  {"&", any_bit},     {"~", glob}};
		if (rest_.first(2) == "&&")
			return false;
		for (const auto &o : operators) {
			if (take(o.token)) {
				how = o.how;
				return true;
			}
		}
		return false;
	}

	result<void> one_comparison()
	{
		if (out_.test_count_ == filter::max_tests)
			return refuse("the filter has more than 16 comparisons");
		filter::test &t = out_.tests_[out_.test_count_];
		text key = take_word();
		u32 index = format_.find(key);
		if (key.empty() || index == format_.count())
			return refuse("the filter names a key that the marker does not have");
		const field &f = format_[index];
		t.argument = static_cast<u8>(index);
		t.size = static_cast<u8>(f.size);
		t.is_signed = f.is_signed;
		t.is_string = f.kind == field_kind::string;
		if (!take_operator(t.how))
			return refuse("the filter lacks an operator (== != < <= > >= & ~) behind a key");
		ORIEL_TRY(t.is_string ? string_value(t) : number_value(t));
		return emit(filter::opcode::test, out_.test_count_++);
	}

	result<void> string_value(filter::test &t)
	{
		using enum comparison;
		if (t.how != equal && t.how != unequal && t.how != glob)
			return refuse("the filter compares a string with an operator other than == != ~");
		char quote = rest_.empty() ? '\0' : rest_[0];
		if (quote != '"' && quote != '\'')
			return t.string.assign(take_word()) && t.string.size() ? result<void>{}
									       : refuse("the filter lacks a string behind an operator");
		text inside = rest_.from(1);
		std::size_t end = inside.find(quote);
		if (end == inside.size())
			return refuse("the filter has a string without its closing quote");
		if (!t.string.assign(inside.first(end)))
			return refuse("the filter has a string of more than 63 characters");
		rest_ = inside.from(end + 1);
		skip_spaces();
		return {};
	}

	static int digit_value(char c)
	{
		if (is_digit(c))
			return c - '0';
		if (c >= 'a' && c <= 'f')
			return c - 'a' + 10;
		if (c >= 'A' && c <= 'F')
			return c - 'A' + 10;
		return 16;
	}

	result<void> number_value(filter::test &t)
	{
		if (t.how == comparison::glob)
			return refuse("the filter compares a number with ~");
		bool negative = take("-");
		text word = take_word();
		int base = 10;
		if (word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
			base = 16;
			word = word.from(2);
		}
		if (word.empty())
			return refuse("the filter lacks a number behind an operator");
		u64 value = 0;
		for (char c : word) {
			int digit = digit_value(c);
			if (digit >= base)
				return refuse("the filter has a number that is none (decimal or 0x...)");
			if (__builtin_mul_overflow(value, static_cast<u64>(base), &value) ||
			    __builtin_add_overflow(value, static_cast<u64>(digit), &value))
				return refuse("the filter has a number beyond 64 bits");
		}
		t.number = negative ? 0 - value : value;
		return {};
	}

	text rest_;
	const format &format_;
	filter &out_;
	const char *why_ = "";
};

result<void> filter::compile(text source, const format &f, filter &out, const char *&why)
{
	out.test_count_ = out.instruction_count_ = 0;
	if (source.size() > max_filter) {
		why = "the filter is longer than 255 characters";
		return errc::invalid;
	}
	filter_parser parser{source, f, out};
	result<void> parsed = parser.parse();
	why = parser.why();
	return parsed ? result<void>{} : result<void>{parsed.failure()};
}

namespace {

template <class T>
bool compare(T a, T b, comparison how)
{
	using enum comparison;
	switch (how) {
	case equal:
		return a == b;
	case unequal:
		return a != b;
	case less:
		return a < b;
	case less_equal:
		return a <= b;
	case greater:
		return a > b;
	case greater_equal:
		return a >= b;
	case any_bit:
		return (a & b) != 0;
	case glob:
		break;
	}
	return false;
}

} // namespace

bool filter::run_test(const test &t, const u64 *args) const
{
	u64 word = args[t.argument];
	if (!t.is_string) {
		word = narrow(word, t.size, t.is_signed);
		return t.is_signed ? compare(static_cast<s64>(word), static_cast<s64>(t.number), t.how) : compare(word, t.number, t.how);
	}
	text value = string_argument(word);
	if (t.how == comparison::glob)
		return matches_glob(t.string, value);
	return (value == text{t.string}) == (t.how == comparison::equal);
}

bool filter::passes(const nmi_context &, const u64 *args) const
{
	if (!instruction_count_)
		return true;
	/* A stack of booleans as bits, the top lowest: depth is at most the number of tests. */
	u32 stack = 0;
	for (u32 i = 0; i < instruction_count_; i++) {
		switch (program_[i].op) {
		case opcode::test:
			stack = stack << 1 | run_test(tests_[program_[i].test], args);
			break;
		case opcode::negate:
			stack ^= 1;
			break;
		case opcode::both:
			stack = (stack >> 1 & ~1u) | (stack >> 1 & stack & 1);
			break;
		case opcode::either:
			stack = stack >> 1 | (stack & 1);
			break;
		}
	}
	return stack & 1;
}

} // namespace oriel
