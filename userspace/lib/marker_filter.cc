// SPDX-License-Identifier: GPL-2.0
#include "marker_filter.hpp"

#include "marker_filter_core.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace oriel {
namespace {

constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
constexpr std::string_view digits = "0123456789";

struct key_place {
	std::size_t at;
	std::string name;
};

// What stands where a key is expected, and which keys are used as strings. No more than words, quotes and operators are told apart here:
// what fits together is for the parser to say.
struct filter_words {
	std::vector<key_place> keys;
	std::map<std::string, bool> is_string;

	explicit filter_words(std::string_view filter)
	{
		for (std::size_t at = 0; at < filter.size();)
			at += take(filter, at);
	}

private:
	// Returns how many characters belong together.
	std::size_t take(std::string_view filter, std::size_t at)
	{
		const std::string_view rest = filter.substr(at);
		if (rest[0] == '"' || rest[0] == '\'') {
			take_value(true);
			const std::size_t end = rest.find(rest[0], 1);
			return end == std::string_view::npos ? rest.size() : end + 1;
		}
		const std::string_view word = rest.substr(0, rest.find_first_not_of(word_characters));
		if (!word.empty()) {
			const bool is_number = digits.find(word[0]) != std::string_view::npos;
			if (expects_value_)
				take_value(!is_number);
			else if (!is_number)
				take_key({at, std::string(word)});
			return word.size();
		}
		return take_operator(rest);
	}

	std::size_t take_operator(std::string_view rest)
	{
		for (const std::string_view joint : {"&&", "||"})
			if (rest.starts_with(joint)) {
				expects_value_ = false;
				return joint.size();
			}
		for (const std::string_view comparison : {"==", "!=", "<=", ">=", "<", ">", "&", "~"})
			if (rest.starts_with(comparison)) {
				expects_value_ = true;
				if (comparison == "~" && !keys.empty())
					is_string[keys.back().name] = true;
				return comparison.size();
			}
		return 1;
	}

	void take_key(key_place key)
	{
		is_string.try_emplace(key.name, false);
		keys.push_back(std::move(key));
	}

	void take_value(bool is_text)
	{
		if (expects_value_ && is_text && !keys.empty())
			is_string[keys.back().name] = true;
		expects_value_ = false;
	}

	bool expects_value_ = false;
};

} // namespace

std::string filter_refusal(const std::string &filter)
{
	constexpr std::size_t longest = 255;
	if (filter.size() > longest)
		return "the filter is longer than 255 characters";
	// Every key becomes one of two, a number and a string: those that the format here has.
	filter_words words(filter);
	std::string judged = filter;
	for (auto key = words.keys.rbegin(); key != words.keys.rend(); ++key)
		judged.replace(key->at, key->name.size(), 1, words.is_string[key->name] ? 's' : 'n');
	const char *why = refusal_by_core(judged.c_str(), "n=%lld s=%s");
	return why ? why : "";
}

std::set<std::string> missing_keys(const std::string &filter, const std::string &format)
{
	std::set<std::string> missing;
	for (const key_place &key : filter_words(filter).keys)
		if (!core_format_has(format.c_str(), key.name.c_str()))
			missing.insert(key.name);
	return missing;
}

} // namespace oriel
