// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oriel {

// A line of /proc/self/mountinfo: what is mounted where, as this process sees it. See proc(5).
struct mount_point {
	std::uint64_t id = 0; // of the mount, as statx() tells it
	std::uint32_t major = 0;
	std::uint32_t minor = 0;
	std::string root; // the directory of the file system that is mounted
	std::string path;
	std::string options; // of the mount and of the file system, as /proc/mounts has them
	std::string type;
	std::string source;
};

// Lines that are damaged are left out.
std::vector<mount_point> parse_mount_table(std::string_view text);
result<std::vector<mount_point>> read_mount_table();

// The id of the mount that a file is on.
result<std::uint64_t> mount_id_of(const std::string &path);

} // namespace oriel
