// SPDX-License-Identifier: GPL-2.0
#include "lower_path.hpp"

#include "fs_mounts.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace oriel {
namespace {

namespace fs = std::filesystem;

// What is left of a path below a directory: "" for itself.
std::optional<std::string> below(const std::string &path, const std::string &directory)
{
	if (directory == "/")
		return path.substr(1);
	if (!path.starts_with(directory) || (path.size() > directory.size() && path[directory.size()] != '/'))
		return std::nullopt;
	return path.substr(std::min(path.size(), directory.size() + 1));
}

fs::path lower_directory(const mount_point &mount)
{
	return fs::path(mount.source) / fs::path(mount.root).relative_path();
}

} // namespace

std::optional<mount_point> orielfs_mount_of(const std::string &path, const std::vector<mount_point> &table)
{
	const mount_point *innermost = nullptr;
	for (const mount_point &mount : table) // of those on the same place the last one counts
		if (below(path, mount.path) && (!innermost || mount.path.size() >= innermost->path.size()))
			innermost = &mount;
	if (!innermost || innermost->type != "orielfs")
		return std::nullopt;
	return *innermost;
}

result<std::string> lower_path_of(const std::string &path, const mount_point &mount)
{
	const auto rest = below(path, mount.path);
	std::error_code failed;
	const fs::path lower = lower_directory(mount) / rest.value_or("");
	if (!fs::path(mount.source).is_absolute() || !fs::exists(fs::symlink_status(lower, failed)))
		return error{fmt::format("what {} lies over is not seen from here", path),
			     fmt::format("name it itself: it is below {}", mount.source)};
	return lower.lexically_normal().string();
}

std::optional<error> why_hidden(const std::string &lower, const std::vector<mount_point> &table)
{
	std::error_code failed;
	const fs::path place = fs::canonical(lower, failed);
	const auto mount = failed ? std::nullopt : orielfs_mount_of(place.string(), table);
	if (!mount || fs::canonical(mount->source, failed) != mount->path)
		return std::nullopt;
	return error{fmt::format("{} is hidden below orielfs, which is mounted over {} itself", place.string(), mount->path),
		     fmt::format("umount {}, then call this again", quoted_path(mount->path))};
}

std::optional<mount_point> orielfs_mount_over(const std::string &path, const std::vector<mount_point> &table)
{
	for (const mount_point &mount : table) {
		std::error_code failed;
		const fs::path source = fs::canonical(mount.source, failed);
		if (mount.type == "orielfs" && !failed && below(path, source.string()))
			return mount;
	}
	return std::nullopt;
}

} // namespace oriel
