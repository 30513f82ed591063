// SPDX-License-Identifier: GPL-2.0
#include "marker_glob.hpp"

#include "kcore/text.h"

namespace oriel {

std::string full_pattern(const std::string &typed)
{
	return typed.find(':') == std::string::npos ? typed + ":*" : typed;
}

bool matches_pattern(std::string_view pattern, std::string_view full_name)
{
	return matches_glob(text{pattern.data(), pattern.size()}, text{full_name.data(), full_name.size()});
}

} // namespace oriel
