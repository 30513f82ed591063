// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "mount_table.hpp"

#include <optional>
#include <string>
#include <vector>

// Which paths are on orielfs, and which below one.
namespace oriel {

// The mount of orielfs that the file is seen through; nothing where it is on another file system. `path` is absolute, without links in it.
std::optional<mount_point> orielfs_mount_of(const std::string &path, const std::vector<mount_point> &table);

// Where that file lies in the lower file system, as the mount names it. Fails where that is not seen from here.
result<std::string> lower_path_of(const std::string &path, const mount_point &mount);

// Why a lower file or directory is not what is seen under its name: orielfs is mounted over itself there.
std::optional<error> why_hidden(const std::string &lower, const std::vector<mount_point> &table);

// The mount of orielfs that has the file in its lower directory.
std::optional<mount_point> orielfs_mount_over(const std::string &path, const std::vector<mount_point> &table);

} // namespace oriel
