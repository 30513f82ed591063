// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace oriel {

// One page of HTML that shows what make_report() has made, and needs nothing else. Fails where it was built without Chart.js.
result<std::string> report_page(const nlohmann::ordered_json &report);

// How such a page begins.
extern const char *const report_page_begin;

// Puts a page into a file, whole or not at all. A file that is there is overwritten if it is such a page, and left alone otherwise; what is no
// regular file (a pipe) is written to.
result<std::monostate> write_report_page(const std::string &path, const std::string &page);

} // namespace oriel
