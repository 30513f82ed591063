// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "command.hpp"
#include "error.hpp"

#include <string>

namespace oriel {

// The verbs of `oriel fs` that are about cut files.
void add_fs_check(CLI::App &noun, context &ctx);    // check
void add_fs_compact(CLI::App &noun, context &ctx);  // compact
void add_fs_cut(CLI::App &noun, context &ctx);      // cut, insert
void add_fs_flatten(CLI::App &noun, context &ctx);  // flatten
void add_fs_list_cut(CLI::App &noun, context &ctx); // list-cut
void add_fs_map(CLI::App &noun, context &ctx);      // map

// Where the lower file or directory of a path lies: for one on orielfs as its mount tells, else the path itself.
result<std::string> find_lower(const std::string &path);

// What went wrong with a file on orielfs, by the errno of a call, and what helps against it.
error fs_failure(const std::string &path, int number);
error not_on_orielfs(const std::string &path);

} // namespace oriel
