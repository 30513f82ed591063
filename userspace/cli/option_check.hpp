// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

namespace oriel {

// What the value of an option must be. A value that is not is a wrong call, and nothing has been done then.
CLI::Validator positive_number(); // seconds, a fraction too
CLI::Validator length_of_time();  // "90s", "5m", "2h", "1d", or seconds; makes seconds of it
CLI::Validator number_of_bytes(); // "4096", "64K", "1MiB", "2GB", "1T", and 0; makes bytes of it
CLI::Validator positive_integer(std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
CLI::Validator event_pattern();
CLI::Validator event_filter();
CLI::Validator event_rate();

} // namespace oriel
