// SPDX-License-Identifier: GPL-2.0
#include "option_check.hpp"

#include "marker_filter.hpp"
#include "marker_print.hpp"

#include <charconv>
#include <fmt/format.h>
#include <map>
#include <string_view>

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

// Takes the unit off a number of bytes, as fallocate(1) reads it: K and KiB are 1024 bytes, KB is 1000. 0: there is no such unit.
std::uint64_t take_unit(std::string_view &word)
{
	const bool is_binary = word.ends_with("iB"), is_decimal = !is_binary && word.ends_with('B');
	word.remove_suffix(is_binary ? 2 : is_decimal);
	const auto power = word.empty() ? std::string_view::npos : std::string_view("KMGT").find(word.back());
	if (power == std::string_view::npos)
		return !is_binary && !is_decimal;
	word.remove_suffix(1);
	std::uint64_t bytes = 1;
	for (std::size_t i = 0; i <= power; i++)
		bytes *= is_decimal ? 1000 : 1024;
	return bytes;
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
			std::string_view number = word;
			const std::uint64_t unit = take_unit(number);
			std::uint64_t value = 0;
			const char *end = number.data() + number.size();
			const auto parsed = std::from_chars(number.data(), end, value);
			if (parsed.ec != std::errc{} || parsed.ptr != end || unit == 0 || value > INT64_MAX / unit)
				return fmt::format("{}: must be a number of bytes such as 4096, 64K, 1MiB or 2GB, below 8388608T", word);
			word = std::to_string(value * unit);
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
