// SPDX-License-Identifier: GPL-2.0
#include "fs_look.hpp"

#include "cmd_fs.hpp"
#include "unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/oriel_fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace oriel {
namespace {

const char *name_of_mode(std::uint32_t mode)
{
	switch (mode) {
	case ORIEL_FS_IDENTITY:
		return "identity";
	case ORIEL_FS_PIECEWISE:
		return "piecewise";
	case ORIEL_FS_CACHED:
		return "cached";
	default:
		return "unknown";
	}
}

} // namespace

result<std::optional<fs_look>> look_at_file(const std::string &path)
{
	struct stat facts;
	if (::stat(path.c_str(), &facts) != 0)
		return fs_failure(path, errno);
	if (!S_ISREG(facts.st_mode))
		return std::optional<fs_look>();
	const unique_fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
	oriel_fs_look told{};
	told.abi = ORIEL_FS_ABI_VERSION;
	if (!file || ::ioctl(file.get(), ORIEL_FS_IOC_LOOK, &told) != 0)
		return fs_failure(path, errno);
	return std::optional<fs_look>({name_of_mode(told.mode), told.cut != 0, told.extents, told.allocated, told.memory, told.pending});
}

} // namespace oriel
