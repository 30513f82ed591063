// SPDX-License-Identifier: GPL-2.0
#include "file_write.hpp"

#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

namespace oriel {

error cannot_write(const std::string &path, int number)
{
	const std::string folder = std::filesystem::path(path).parent_path().string();
	const bool denied = number == EACCES || number == EPERM;
	std::string remedy = "name another file";
	if (number == ENOENT && !folder.empty())
		remedy = fmt::format("mkdir -p {}, or name another file", folder);
	else if (denied)
		remedy = "name a file that you may write, or run as root";
	else if (number == ENOSPC)
		remedy = "make room, or name a file on another disk";
	return {fmt::format("{} cannot be written: {}", path, std::generic_category().message(number)), remedy,
		denied ? exit_code::permission : exit_code::failure};
}

} // namespace oriel
