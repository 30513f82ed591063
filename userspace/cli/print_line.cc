// SPDX-License-Identifier: GPL-2.0
#include "print_line.hpp"

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

int failed_with = 0; // the errno of a print_line() that failed

} // namespace

void print_line(const std::string &line)
{
	std::fwrite(line.data(), 1, line.size(), stdout);
	std::fputc('\n', stdout);
	errno = 0;
	if (std::fflush(stdout) != 0)
		failed_with = errno;
}

void print_json_line(const nlohmann::ordered_json &json)
{
	print_line(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

bool output_is_gone()
{
	return std::ferror(stdout) != 0;
}

std::optional<std::string> why_output_is_lost()
{
	errno = failed_with;
	if (std::fflush(stdout) == 0 && !output_is_gone())
		return std::nullopt;
	const int number = errno;
	const std::string reason = number == 0 ? "" : std::generic_category().message(number);
	pollfd reader{STDOUT_FILENO, 0, 0};
	if (number == EPIPE || (::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0))
		return std::nullopt;
	return reason;
}

} // namespace oriel
