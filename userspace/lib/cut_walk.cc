// SPDX-License-Identifier: GPL-2.0
#include "cut_walk.hpp"

#include "unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fts.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>

namespace oriel {
namespace {

struct fts_closer {
	void operator()(FTS *walk) const { ::fts_close(walk); }
};

error cannot_open(const std::string &path, int number)
{
	const bool denied = number == EACCES || number == EPERM;
	return {fmt::format("{}: {}", path, std::generic_category().message(number)), denied ? "run as root" : "",
		denied ? exit_code::permission : exit_code::failure};
}

} // namespace

result<cut_map> read_cut_map(const std::string &path)
{
	// Whatever the name stands for by now: nothing but a regular file is opened.
	const unique_fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
	struct stat facts;
	if (!place || ::fstat(place.get(), &facts) != 0)
		return cannot_open(path, errno);
	if (!S_ISREG(facts.st_mode))
		return error{fmt::format("{} is no regular file", path)};
	const unique_fd file(::open(fmt::format("/proc/self/fd/{}", place.get()).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
	return file ? read_cut_map(file.get(), path) : result<cut_map>(cannot_open(path, errno));
}

void walk_cut_files(const std::string &path, bool all, const std::function<bool(const std::string &path, const cut_map &map)> &see,
		    const std::function<bool(const error &why)> &failed)
{
	std::string name = path;
	char *const names[] = {name.data(), nullptr};
	const std::unique_ptr<FTS, fts_closer> walk(::fts_open(names, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_XDEV, nullptr));
	if (!walk) {
		failed(cannot_open(path, errno));
		return;
	}
	bool goes_on = true;
	while (goes_on) {
		const FTSENT *entry = ::fts_read(walk.get());
		if (!entry)
			return;
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
			goes_on = failed(cannot_open(entry->fts_path, entry->fts_errno));
			continue;
		}
		if (entry->fts_info != FTS_F || (!all && !may_be_cut(static_cast<std::uint64_t>(entry->fts_statp->st_size))))
			continue;
		const auto map = read_cut_map(std::string(entry->fts_path));
		goes_on = map ? see(entry->fts_path, *map) : failed(map.failure());
	}
}

} // namespace oriel
