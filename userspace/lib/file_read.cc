// SPDX-License-Identifier: GPL-2.0
#include "file_read.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

class file_descriptor {
public:
	explicit file_descriptor(const std::filesystem::path &path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
	~file_descriptor()
	{
		if (fd_ >= 0)
			::close(fd_);
	}
	file_descriptor(const file_descriptor &) = delete;
	file_descriptor &operator=(const file_descriptor &) = delete;

	bool is_open() const { return fd_ >= 0; }
	int get() const { return fd_; }

private:
	int fd_;
};

error system_error(const std::filesystem::path &path, int number)
{
	const bool denied = number == EACCES || number == EPERM;
	return {fmt::format("{}: {}", path.string(), std::generic_category().message(number)), denied ? "run as root" : "",
		denied ? exit_code::permission : exit_code::failure};
}

// Reads until the file's end or until `limit` bytes are there. Returns 0 or an errno. Files of the kernel
// come a page at a time, so the room grows by what is used up, not by what is read.
int read_all(int fd, std::vector<std::byte> &out, std::size_t limit)
{
	constexpr std::size_t least_room = 65536;
	std::size_t used = 0;
	int number = 0;
	while (used < limit) {
		if (used == out.size())
			out.resize(std::min(limit, std::max(least_room, 2 * used)));
		const ssize_t got = ::read(fd, out.data() + used, out.size() - used);
		number = got < 0 ? errno : 0;
		if (got == 0 || (got < 0 && number != EINTR))
			break;
		used += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
	}
	out.resize(used);
	return number == EINTR ? 0 : number;
}

} // namespace

result<std::vector<std::byte>> read_file(const std::filesystem::path &path, std::size_t limit)
{
	const file_descriptor file(path);
	if (!file.is_open())
		return system_error(path, errno);
	struct stat info = {};
	if (::fstat(file.get(), &info) != 0)
		return system_error(path, errno);
	if (!S_ISREG(info.st_mode))
		return error{fmt::format("{}: is not a regular file", path.string())};
	if (static_cast<std::size_t>(info.st_size) > limit)
		return error{fmt::format("{}: is larger than {} MiB", path.string(), limit >> 20)};
	std::vector<std::byte> content;
	if (const int number = read_all(file.get(), content, limit); number != 0)
		return system_error(path, number);
	return content;
}

std::optional<std::string> read_text(const std::filesystem::path &path, std::size_t limit)
{
	const file_descriptor file(path);
	std::vector<std::byte> content;
	if (!file.is_open() || read_all(file.get(), content, limit) != 0)
		return std::nullopt;
	std::string text(reinterpret_cast<const char *>(content.data()), content.size());
	text.erase(text.find_last_not_of(" \n\t") + 1);
	return text;
}

} // namespace oriel
