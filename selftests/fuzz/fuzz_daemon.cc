// SPDX-License-Identifier: GPL-2.0
// What orield reads: after "r" a request from its socket, else its settings.
#include "daemon_protocol.hpp"
#include "settings.hpp"

#include <cstdlib>

namespace {

// Whatever a client says, it hears one line of JSON.
void try_request(std::string_view line)
{
	const auto request = oriel::parse_daemon_request(line);
	if (request)
		return;
	const std::string answer = oriel::daemon_error(request.failure()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
	if (answer.find('\n') != answer.npos || !nlohmann::json::parse(answer)["error"]["message"].is_string())
		std::abort();
}

// What is taken can be kept to.
void try_settings(std::string_view text)
{
	const auto taken = oriel::parse_settings(text, "orield.conf");
	if (taken && (taken->interval.count() < 1 || !(taken->budget_percent > 0) || taken->series < 100 || taken->series > 2000 ||
		      taken->recording_mib < 1))
		std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const std::string_view text(reinterpret_cast<const char *>(data), size);
	if (text.starts_with('r'))
		try_request(text.substr(1));
	else
		try_settings(text);
	return 0;
}
