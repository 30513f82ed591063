// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace oriel {

// What clients and the daemon say over its socket: one request, one answer, each a JSON object in one line.
// Request: {"version": 1, "request": "status"}. Answer: {"version": 1, ...}, or {"version": 1, "error": {"message": ..., "remedy": ...}}.
inline constexpr int daemon_protocol_version = 1;
// Where orield records if it is not told otherwise.
inline constexpr const char *usual_recording = "/var/lib/oriel/orield.oriel";
inline constexpr std::size_t longest_daemon_request = 4096; // bytes, with the end of the line

enum class daemon_request { status, recording };

// A line without its end.
result<daemon_request> parse_daemon_request(std::string_view line);
nlohmann::ordered_json daemon_error(const error &why);

} // namespace oriel
