// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace oriel {

// Where orield listens: ORIELD_SOCKET of the environment, else /run/oriel/orield.sock.
std::string daemon_socket();

// Asks orield. Nothing where none runs. Fails where it refuses, does not answer within five seconds, or answers what is no answer.
result<std::optional<nlohmann::ordered_json>> ask_daemon(const std::string &request, const std::string &socket = daemon_socket());

// The recording that a running orield writes; where none runs, what one has left in its usual place. Fails where there is neither.
result<std::string> daemon_recording();

} // namespace oriel
