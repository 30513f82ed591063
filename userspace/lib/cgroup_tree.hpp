// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace oriel {

struct cgroup_place {
	std::uint64_t id;    // as the kernel counts
	std::uint32_t level; // 0 is the root
	std::string path;    // from the root: "/system.slice/ssh.service"
};

// The unified hierarchy of control groups as it was when it was read.
class cgroup_tree {
public:
	// Empty where the hierarchy is not mounted at `root`.
	static cgroup_tree read(const std::filesystem::path &root = "/sys/fs/cgroup");

	cgroup_tree() = default;
	// As it was when its groups had these paths by id.
	explicit cgroup_tree(const std::map<std::uint64_t, std::string> &paths);

	// By path, with or without the mount point in front, or by the last part of it where only one is called so: a unit's name.
	result<cgroup_place> find(const std::string &name) const;
	// A short name: the unit, "docker 0123456789ab" for a container, "/" for the root, "id N" for one that is gone.
	std::string name_of(std::uint64_t id) const;
	// Empty for one that is gone.
	std::string path_of(std::uint64_t id) const;

private:
	std::filesystem::path root_;
	std::map<std::uint64_t, cgroup_place> places_;
};

} // namespace oriel
