// SPDX-License-Identifier: GPL-2.0
#include "journal.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace oriel {

void journal(weight how, const std::string &text)
{
	static const bool under_systemd = std::getenv("JOURNAL_STREAM") != nullptr;
	std::string line = under_systemd ? fmt::format("<{}>{}\n", static_cast<int>(how), text) : fmt::format("orield: {}\n", text);
	std::fputs(line.c_str(), stderr); // a reader that has gone is no reason to fail
}

void journal(weight how, const error &why)
{
	journal(how, why.remedy.empty() ? why.message : fmt::format("{}; remedy: {}", why.message, why.remedy));
}

} // namespace oriel
