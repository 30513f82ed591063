// SPDX-License-Identifier: GPL-2.0
#include "cut_map.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

namespace oriel {
namespace {

error cannot_read(const std::string &name, int number)
{
	return {fmt::format("{} cannot be read: {}", name, std::generic_category().message(number))};
}

} // namespace

const char *to_string(cut_state state)
{
	switch (state) {
	case cut_state::plain:
		return "plain";
	case cut_state::cut:
		return "cut";
	case cut_state::unfinished:
		return "unfinished";
	case cut_state::damaged:
		return "damaged";
	case cut_state::unknown:
		return "unknown";
	}
	return "";
}

const char *to_string(cut_kind kind)
{
	return kind == cut_kind::hole ? "hole" : kind == cut_kind::data ? "data" : "unwritten";
}

result<cut_map> read_cut_map(int fd, const std::string &name)
{
	struct stat facts;
	if (::fstat(fd, &facts) != 0)
		return cannot_read(name, errno);
	cut_map found;
	const int failed = cut_core::read_map(fd, static_cast<std::uint64_t>(facts.st_size), found);
	if (failed != 0)
		return cannot_read(name, failed);
	return found;
}

} // namespace oriel
