// SPDX-License-Identifier: GPL-2.0
#include "fs_mounts.hpp"

#include "netlink_client.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace oriel {
namespace {

const fs_mount *find_by_mount_id(const std::vector<fs_mount> &all, std::uint64_t id)
{
	for (const fs_mount &one : all)
		for (const mount_point &point : one.points)
			if (point.id == id)
				return &one;
	return nullptr;
}

} // namespace

std::vector<fs_mount> join_mounts(const std::vector<mount_message> &told, const std::vector<mount_point> &table)
{
	std::vector<fs_mount> mounts;
	for (const mount_message &one : told) {
		fs_mount &mount = mounts.emplace_back(fs_mount{one, {}});
		for (const mount_point &point : table)
			if (point.major == one.major && point.minor == one.minor)
				mount.points.push_back(point);
	}
	return mounts;
}

result<std::vector<fs_mount>> read_fs_mounts(netlink_client &client)
{
	const auto told = client.dump<mount_message>(ORIEL_CMD_MOUNT);
	if (!told)
		return told.failure();
	const auto table = read_mount_table();
	if (!table)
		return table.failure();
	return join_mounts(*told, *table);
}

result<std::vector<fs_mount>> read_fs_mounts()
{
	auto client = netlink_client::connect(ORIEL_FAMILY_ORIEL_FS);
	if (!client)
		return client.failure();
	return read_fs_mounts(*client);
}

result<std::vector<fs_mount>> select_mounts(const std::vector<fs_mount> &all, const std::vector<std::string> &files)
{
	std::vector<fs_mount> chosen;
	for (const std::string &file : files) {
		const auto id = mount_id_of(file);
		if (!id)
			return id.failure();
		const fs_mount *found = find_by_mount_id(all, *id);
		if (!found)
			return error{fmt::format("{} is not on a file system of orielfs", shown_path(file)),
				     "name a file below one of those that are listed by: oriel fs list"};
		const auto is_it = [&](const fs_mount &one) { return one.told.id == found->told.id; };
		if (std::none_of(chosen.begin(), chosen.end(), is_it))
			chosen.push_back(*found);
	}
	return chosen;
}

error still_mounted(const std::vector<fs_mount> &mounts)
{
	std::vector<std::string> places, commands;
	for (const fs_mount &mount : mounts) {
		if (mount.points.empty())
			places.push_back(fmt::format("over {} where this process does not see it", shown_path(mount.told.source)));
		for (const mount_point &point : mount.points) {
			places.push_back("on " + shown_path(point.path));
			commands.push_back(fmt::format("umount {}", quoted_path(point.path)));
		}
	}
	std::reverse(commands.begin(), commands.end()); // what was mounted last may lie on top
	const bool unseen = std::any_of(mounts.begin(), mounts.end(), [](const fs_mount &mount) { return mount.points.empty(); });
	if (!commands.empty())
		commands.emplace_back("if one is busy: fuser -vm MOUNTPOINT says who uses it");
	if (unseen)
		commands.emplace_back(
			"what is not seen is in another mount namespace, which lsns -t mnt lists: nsenter -m -t PID umount MOUNTPOINT; "
			"or was unmounted (umount -l) while files are open: end what has these open");
	return {fmt::format("orielfs.ko cannot be unloaded: it is mounted {}", fmt::join(places, ", ")),
		fmt::format("{}", fmt::join(commands, "; "))};
}

std::string shown_path(const std::string &path)
{
	std::string shown;
	for (const char c : path) {
		const auto byte = static_cast<unsigned char>(c);
		shown += byte < 0x20 || byte == 0x7f ? fmt::format("\\{:03o}", byte) : std::string(1, c);
	}
	return shown;
}

std::string quoted_path(const std::string &path)
{
	const bool plain = shown_path(path) == path;
	std::string quoted = plain ? "'" : "$'";
	for (const char c : path) {
		if (c == '\'')
			quoted += plain ? "'\\''" : "\\'";
		else if (c == '\\' && !plain)
			quoted += "\\\\";
		else
			quoted += shown_path(std::string(1, c));
	}
	return quoted + "'";
}

} // namespace oriel
