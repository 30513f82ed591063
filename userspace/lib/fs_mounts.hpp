// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "mount_table.hpp"
#include "netlink_messages.hpp"

#include <vector>

namespace oriel {

class netlink_client;

// A file system of orielfs, and where this process sees it mounted: nowhere, where it is mounted in another mount namespace only, or was
// unmounted while it is in use.
struct fs_mount {
	mount_message told;
	std::vector<mount_point> points;
};

// By device number.
std::vector<fs_mount> join_mounts(const std::vector<mount_message> &told, const std::vector<mount_point> &table);

// All that there are. Fails with module_absent where orielfs.ko is not loaded, with permission without CAP_NET_ADMIN.
result<std::vector<fs_mount>> read_fs_mounts();
result<std::vector<fs_mount>> read_fs_mounts(netlink_client &client);

// Those that the files are on, each once, in the order of the files.
result<std::vector<fs_mount>> select_mounts(const std::vector<fs_mount> &all, const std::vector<std::string> &files);

// Says what has to be unmounted before orielfs.ko can be unloaded.
error still_mounted(const std::vector<fs_mount> &mounts);

// For a terminal: control characters as \ and three octal digits, as in /proc/mounts.
std::string shown_path(const std::string &path);
// A path as a word of a command for bash, to be pasted.
std::string quoted_path(const std::string &path);

} // namespace oriel
