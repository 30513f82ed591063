// SPDX-License-Identifier: GPL-2.0
#include "daemon_protocol.hpp"

#include <fmt/format.h>

namespace oriel {

result<daemon_request> parse_daemon_request(std::string_view line)
{
	if (line.size() >= longest_daemon_request)
		return error{fmt::format("the request is longer than {} bytes", longest_daemon_request), "", exit_code::usage};
	const auto json = nlohmann::json::parse(line, nullptr, false);
	if (!json.is_object())
		return error{"the request is no JSON object", "", exit_code::usage};
	const auto version = json.find("version");
	if (version == json.end() || !version->is_number_integer())
		return error{"the request has no version", "", exit_code::usage};
	if (*version != daemon_protocol_version)
		return error{
			fmt::format("the request is of version {}, orield speaks version {}", version->dump(), daemon_protocol_version),
			"install oriel and orield of the same version", exit_code::unsupported};
	const auto name = json.find("request");
	if (name == json.end() || !name->is_string())
		return error{"the request says not what for", "", exit_code::usage};
	if (*name == "status")
		return daemon_request::status;
	if (*name == "recording")
		return daemon_request::recording;
	return error{fmt::format("orield knows no request {}", name->dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)), "",
		     exit_code::usage};
}

nlohmann::ordered_json daemon_error(const error &why)
{
	return {{"version", daemon_protocol_version}, {"error", {{"message", why.message}, {"remedy", why.remedy}}}};
}

} // namespace oriel
