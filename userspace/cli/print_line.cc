// SPDX-License-Identifier: GPL-2.0
#include "print_line.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace oriel {

void print_line(const std::string &line)
{
	std::fwrite(line.data(), 1, line.size(), stdout);
	std::fputc('\n', stdout);
	std::fflush(stdout);
}

void print_json_line(const nlohmann::ordered_json &json)
{
	print_line(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

bool output_is_gone()
{
	return std::ferror(stdout) != 0;
}

} // namespace oriel
