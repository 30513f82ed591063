// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

// Numbers as people read them.
namespace oriel {

// "1,234,567".
std::string count_text(std::uint64_t number);
// "wait" of one, else "waits".
std::string plural(std::uint64_t number, const std::string &word);
// A number for each second: "12,300", "0.42".
std::string rate_text(double number);
// "1.23 ms".
std::string time_text(double ns);
// "12.3 s", "10.0 minutes".
std::string span_text(double seconds);
// "12.3 %", "99.97 %", "-" of nothing.
std::string percent_text(std::optional<double> percent);
// "+15.1 points", from one percentage to another; "no change".
std::string points_text(double from, double to);
// "-62 %", "x 12" where it is several times as much, "no change"; empty where nothing can be said.
std::string change_text(double from, double to);
// "2026-11-21 05:21:46 UTC"; `ns` since 1970.
std::string moment_text(std::uint64_t ns);

// Nothing where there is no whole.
std::optional<double> percent_of(double part, double whole);
// 0 where no time has passed.
double per_second(double number, double seconds);

} // namespace oriel
