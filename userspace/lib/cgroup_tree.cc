// SPDX-License-Identifier: GPL-2.0
#include "cgroup_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <vector>

namespace oriel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t short_container = 12; // digits of a container's id, as container tools show it

std::string last_part(const std::string &path)
{
	return path.substr(path.rfind('/') + 1);
}

// "docker-<64 digits>.scope" and the like of podman and containerd.
std::string container_name(const std::string &scope)
{
	const auto dash = scope.rfind('-');
	const auto dot = scope.rfind('.');
	if (dash == std::string::npos || dot == std::string::npos || dot < dash + 1 + short_container || scope.substr(dot) != ".scope")
		return {};
	const std::string id = scope.substr(dash + 1, dot - dash - 1);
	const bool hex = id.find_first_not_of("0123456789abcdef") == std::string::npos;
	return hex ? fmt::format("{} {}", scope.substr(0, dash), id.substr(0, short_container)) : "";
}

} // namespace

cgroup_tree cgroup_tree::read(const fs::path &root)
{
	cgroup_tree tree;
	tree.root_ = root;
	std::error_code failed;
	if (!fs::exists(root / "cgroup.controllers", failed))
		return tree;
	// The id of a group is the number of its directory's inode.
	const auto take = [&tree](const fs::path &directory, std::uint32_t level, const std::string &path) {
		struct stat facts;
		if (::stat(directory.c_str(), &facts) == 0)
			tree.places_[facts.st_ino] = {facts.st_ino, level, path};
	};
	take(root, 0, "/");
	for (auto at = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, failed);
	     !failed && at != fs::recursive_directory_iterator(); at.increment(failed))
		if (at->is_directory(failed))
			take(at->path(), static_cast<std::uint32_t>(at.depth()) + 1, "/" + fs::relative(at->path(), root, failed).string());
	return tree;
}

cgroup_tree::cgroup_tree(const std::map<std::uint64_t, std::string> &paths)
{
	for (const auto &[id, path] : paths)
		places_[id] = {id, static_cast<std::uint32_t>(path == "/" ? 0 : std::count(path.begin(), path.end(), '/')), path};
}

result<cgroup_place> cgroup_tree::find(const std::string &name) const
{
	if (places_.empty())
		return error{fmt::format("{} is not the unified hierarchy of control groups", root_.string()),
			     "mount it: mount -t cgroup2 none /sys/fs/cgroup", exit_code::unsupported};
	std::string path = name;
	if (path.starts_with(root_.string()))
		path.erase(0, root_.string().size());
	path.insert(0, path.starts_with("/") ? "" : "/");
	while (path.size() > 1 && path.ends_with("/"))
		path.pop_back();
	std::vector<cgroup_place> called_so;
	for (const auto &[id, place] : places_) {
		if (place.path == path)
			return place;
		if (last_part(place.path) == name)
			called_so.push_back(place);
	}
	if (called_so.size() == 1)
		return called_so.front();
	return error{fmt::format("{} control groups are called {}", called_so.empty() ? "no" : std::to_string(called_so.size()), name),
		     "name it by its path below " + root_.string()};
}

std::string cgroup_tree::name_of(std::uint64_t id) const
{
	const auto found = places_.find(id);
	if (found == places_.end())
		return fmt::format("id {}", id);
	const std::string last = last_part(found->second.path), container = container_name(last);
	return !container.empty() ? container : last.empty() ? "/" : last;
}

std::string cgroup_tree::path_of(std::uint64_t id) const
{
	const auto found = places_.find(id);
	return found == places_.end() ? "" : found->second.path;
}

} // namespace oriel
