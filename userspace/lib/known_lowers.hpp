// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "mount_table.hpp"

#include <string>
#include <vector>

namespace oriel {

// A directory that orielfs lies over, and where this process sees it mounted, if it does.
struct known_lower {
	std::string directory; // absolute, without links in it
	std::vector<std::string> mounted_on;
};

// Those that can be known: of what is mounted in this mount namespace, and of what a file like fstab(5) mounts. Others are remembered nowhere.
// Each once; those that are not there, or not seen from here, are left out.
std::vector<known_lower> known_lowers(const std::vector<mount_point> &table, const std::string &fstab = "/etc/fstab");

} // namespace oriel
