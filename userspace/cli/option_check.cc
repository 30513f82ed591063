// SPDX-License-Identifier: GPL-2.0
#include "option_check.hpp"

#include "marker_filter.hpp"
#include "marker_print.hpp"

#include <charconv>
#include <fmt/format.h>
#include <map>

namespace oriel {
namespace {

template <typename Number>
bool is_positive(const std::string &word, Number most)
{
	Number value{};
	const char *end = word.data() + word.size();
	const auto parsed = std::from_chars(word.data(), end, value);
	return parsed.ec == std::errc{} && parsed.ptr == end && value > 0 && value <= most;
}

} // namespace

CLI::Validator positive_number()
{
	constexpr double most = 1e9; // what the clock can count
	return {[](std::string &word) {
			return is_positive(word, most) ? std::string()
						       : fmt::format("{}: must be a positive number, at most 1000000000", word);
		},
		""};
}

CLI::Validator length_of_time()
{
	return {[](std::string &word) {
			const std::map<char, double> units{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
			const auto unit = word.empty() ? units.end() : units.find(word.back());
			const std::string number = word.substr(0, word.size() - (unit == units.end() ? 0 : 1));
			constexpr double most = 1e9;
			double value = 0;
			const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
			value *= unit == units.end() ? 1 : unit->second;
			if (parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size() || !(value > 0 && value <= most))
				return fmt::format("{}: must be a time such as 90s, 5m or 2h", word);
			word = fmt::format("{}", value);
			return std::string();
		},
		""};
}

CLI::Validator number_of_bytes()
{
	return {[](std::string &word) {
			const std::map<char, unsigned> units{{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}};
			if (word.size() > 3 && word.ends_with("iB") && units.contains(word[word.size() - 3])) // as fallocate(1) takes them
				word.resize(word.size() - 2);
			const auto unit = word.empty() ? units.end() : units.find(word.back());
			const unsigned shift = unit == units.end() ? 0 : unit->second;
			const char *end = word.data() + word.size() - (shift ? 1 : 0);
			std::uint64_t value = 0;
			const auto parsed = std::from_chars(word.data(), end, value);
			if (parsed.ec != std::errc{} || parsed.ptr != end || value > static_cast<std::uint64_t>(INT64_MAX) >> shift)
				return fmt::format("{}: must be a number of bytes such as 4096, 64K, 1MiB or 2G, below 8388608T", word);
			word = std::to_string(value << shift);
			return std::string();
		},
		""};
}

CLI::Validator positive_integer(std::uint64_t most)
{
	return {[most](std::string &word) {
			if (is_positive(word, most))
				return std::string();
			const bool is_large = is_positive(word, std::numeric_limits<std::uint64_t>::max());
			return fmt::format("{}: must be a positive number without a fraction{}", word,
					   is_large ? fmt::format(", at most {}", most) : "");
		},
		""};
}

CLI::Validator event_pattern()
{
	return {[](std::string &word) {
			return word.find_first_of("[]") == std::string::npos
				       ? std::string()
				       : fmt::format("{}: a pattern knows * for any characters and ? for one, and no brackets", word);
		},
		""};
}

CLI::Validator event_filter()
{
	return {[](std::string &word) {
			const std::string refusal = filter_refusal(word);
			return refusal.empty() ? std::string() : fmt::format("{}: {}", word, refusal);
		},
		""};
}

CLI::Validator event_rate()
{
	return {[](std::string &word) {
			const auto rate = parse_rate(word);
			return rate ? std::string() : rate.failure().message;
		},
		""};
}

} // namespace oriel
