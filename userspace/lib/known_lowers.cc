// SPDX-License-Identifier: GPL-2.0
#include "known_lowers.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mntent.h>
#include <optional>

namespace oriel {
namespace {

namespace fs = std::filesystem;

struct fstab_closer {
	void operator()(FILE *file) const { ::endmntent(file); }
};

std::vector<std::string> sources_of(const std::string &fstab)
{
	std::vector<std::string> sources;
	const std::unique_ptr<FILE, fstab_closer> file(::setmntent(fstab.c_str(), "re"));
	while (const mntent *entry = file ? ::getmntent(file.get()) : nullptr)
		if (std::string(entry->mnt_type) == "orielfs")
			sources.emplace_back(entry->mnt_fsname);
	return sources;
}

known_lower *add(std::vector<known_lower> &known, const std::string &source)
{
	std::error_code failed;
	const fs::path directory = fs::canonical(source, failed);
	if (!fs::path(source).is_absolute() || failed)
		return nullptr;
	const auto is_it = [&](const known_lower &one) { return one.directory == directory; };
	const auto found = std::find_if(known.begin(), known.end(), is_it);
	return found != known.end() ? &*found : &known.emplace_back(known_lower{directory.string(), {}});
}

} // namespace

std::vector<known_lower> known_lowers(const std::vector<mount_point> &table, const std::string &fstab)
{
	std::vector<known_lower> known;
	for (const mount_point &mount : table)
		if (mount.type == "orielfs")
			if (known_lower *const lower = add(known, mount.source))
				lower->mounted_on.push_back(mount.path);
	for (const std::string &source : sources_of(fstab))
		add(known, source);
	return known;
}

} // namespace oriel
