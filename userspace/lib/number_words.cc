// SPDX-License-Identifier: GPL-2.0
#include "number_words.hpp"

#include <cmath>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace oriel {
namespace {

constexpr double whole = 100;
constexpr std::uint64_t ns_of_a_second = 1'000'000'000;

} // namespace

std::string count_text(std::uint64_t number)
{
	std::string text = std::to_string(number);
	constexpr std::size_t group = 3;
	for (std::size_t at = text.size(); at > group;)
		text.insert(at -= group, 1, ',');
	return text;
}

std::string plural(std::uint64_t number, const std::string &word)
{
	return number == 1 ? word : word + "s";
}

std::string rate_text(double number)
{
	constexpr double many = 100, few = 1;
	if (number >= many)
		return count_text(static_cast<std::uint64_t>(std::llround(number)));
	return number >= few || number == 0 ? fmt::format("{:.1f}", number) : fmt::format("{:.2g}", number);
}

std::string time_text(double ns)
{
	constexpr double us = 1e3, ms = 1e6, s = 1e9;
	if (ns >= s)
		return fmt::format("{:.2f} s", ns / s);
	if (ns >= ms)
		return fmt::format("{:.2f} ms", ns / ms);
	return ns >= us ? fmt::format("{:.2f} us", ns / us) : fmt::format("{:.0f} ns", ns);
}

std::string span_text(double seconds)
{
	constexpr double minute = 60, hour = 3600, few = 2;
	if (seconds >= few * hour)
		return fmt::format("{:.1f} hours", seconds / hour);
	return seconds >= few * minute ? fmt::format("{:.1f} minutes", seconds / minute) : fmt::format("{:.1f} s", seconds);
}

std::string percent_text(std::optional<double> percent)
{
	if (!percent)
		return "-";
	const bool near_an_end = (*percent > 0 && *percent < 1) || (*percent > whole - 1 && *percent < whole); // 99.97 % is not 100 %
	return fmt::format("{:.{}f} %", *percent, near_an_end ? 2 : 1);
}

std::string points_text(double from, double to)
{
	constexpr double least = 0.05; // what would be shown as 0.0
	return std::abs(to - from) < least ? "no change" : fmt::format("{:+.1f} points", to - from);
}

std::string change_text(double from, double to)
{
	constexpr double several = 3;
	if (from <= 0)
		return "";
	const double percent = whole * (to - from) / from;
	if (std::abs(percent) < 0.5) // what would be shown as 0
		return "no change";
	return to >= several * from ? fmt::format("x {:.1f}", to / from) : fmt::format("{:+.0f} %", percent);
}

std::string moment_text(std::uint64_t ns)
{
	const auto seconds = static_cast<std::time_t>(ns / ns_of_a_second);
	std::tm fields{};
	return ::gmtime_r(&seconds, &fields) ? fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fields) : "-";
}

std::optional<double> percent_of(double part, double of)
{
	return of == 0 ? std::nullopt : std::optional(whole * part / of);
}

double per_second(double number, double seconds)
{
	return seconds > 0 ? number / seconds : 0;
}

} // namespace oriel
