// SPDX-License-Identifier: GPL-2.0
#include "only_one.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace oriel {

result<only_one> only_one::claim(const std::string &path)
{
	unique_fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
	if (!fd)
		return error{fmt::format("{}: {}", path, std::generic_category().message(errno)),
			     errno == EACCES
				     ? "run as root"
				     : fmt::format("mkdir -p {} (systemd makes /run/oriel), or the setting socket names another place",
						   std::filesystem::path(path).parent_path().string()),
			     errno == EACCES ? exit_code::permission : exit_code::failure};
	if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
		char number[32] = {};
		const bool known = ::pread(fd.get(), number, sizeof(number) - 1, 0) > 0;
		return error{known ? fmt::format("orield runs already, as process {}", std::atol(number)) : "orield runs already",
			     "systemctl status orield"};
	}
	const std::string number = std::to_string(::getpid()) + "\n";
	if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), number.data(), number.size(), 0) < 0)
		return error{fmt::format("{}: {}", path, std::generic_category().message(errno))};
	return only_one(std::move(fd));
}

} // namespace oriel
