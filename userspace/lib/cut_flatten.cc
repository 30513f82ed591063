// SPDX-License-Identifier: GPL-2.0
#include "cut_flatten.hpp"

#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

namespace oriel {
namespace {

constexpr std::uint64_t step = std::uint64_t{1} << 20; // between two looks at whether to go on

error failed(const std::string &what, int number)
{
	const bool denied = number == EACCES || number == EPERM;
	return {fmt::format("{}: {}", what, std::generic_category().message(number)),
		denied             ? "run as root"
		: number == ENOSPC ? "make room: the plain file is written before the cut one goes"
				   : "",
		denied ? exit_code::permission : exit_code::failure};
}

error about(const std::string &path, error why)
{
	why.message = fmt::format("{}: {}", path, why.message);
	return why;
}

// A file that has no name until it is complete; where the file system cannot do that, one whose name goes with it.
class new_file {
public:
	static result<new_file> create(const std::string &path)
	{
		new_file made;
		const auto parent = std::filesystem::path(path).parent_path();
		made.directory_ = (parent.empty() ? std::filesystem::path(".") : parent).string();
		made.fd_ = unique_fd(::open(made.directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
		if (!made.fd_ && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
			std::string name = made.directory_ + "/.oriel-flatten.XXXXXX";
			made.fd_ = unique_fd(::mkostemp(name.data(), O_CLOEXEC));
			if (made.fd_)
				made.name_ = name;
		}
		if (!made.fd_)
			return failed(made.directory_, errno);
		return made;
	}
	new_file(new_file &&from) noexcept
	    : fd_(std::move(from.fd_)), directory_(std::move(from.directory_)), name_(std::exchange(from.name_, {}))
	{
	}
	new_file &operator=(new_file &&) = delete;
	~new_file()
	{
		if (!name_.empty())
			::unlink(name_.c_str());
	}

	int fd() const { return fd_.get(); }

	// Durable, under that name. 0, or an errno; then the name stands for what it did.
	int take_name(const std::string &path)
	{
		if (name_.empty()) {
			const std::string name = fmt::format("{}/.oriel-flatten.{}", directory_, ::getpid());
			const std::string self = fmt::format("/proc/self/fd/{}", fd());
			if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
				return errno;
			name_ = name;
		}
		if (::rename(name_.c_str(), path.c_str()) != 0)
			return errno;
		name_.clear();
		const unique_fd directory(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		return directory && ::fsync(directory.get()) == 0 ? 0 : errno;
	}

private:
	new_file() = default;

	unique_fd fd_;
	std::string directory_;
	std::string name_; // to be removed, if there is one
};

// Nobody else has the file open, and whoever opens it waits: as long as it is asked for.
class lone_use {
public:
	explicit lone_use(int fd) : fd_(fd)
	{
		std::signal(SIGIO, SIG_IGN); // it would tell of somebody who waits, and end the program
		held_ = ::fcntl(fd_, F_SETLEASE, F_WRLCK) == 0;
		refused_ = !held_ && errno == EAGAIN;
	}
	lone_use(const lone_use &) = delete;
	~lone_use()
	{
		if (held_)
			::fcntl(fd_, F_SETLEASE, F_UNLCK);
	}

	bool refused() const { return refused_; }
	bool lost() const { return held_ && ::fcntl(fd_, F_GETLEASE) != F_WRLCK; }

private:
	int fd_;
	bool held_ = false;
	bool refused_ = false;
};

// At most `length` bytes; how many, or -1.
ssize_t copy_some(int from, std::uint64_t at, int to, std::uint64_t offset, std::uint64_t length)
{
	auto in = static_cast<off_t>(at), out = static_cast<off_t>(offset);
	const ssize_t copied = ::copy_file_range(from, &in, to, &out, length, 0);
	if (copied > 0)
		return copied;
	static thread_local std::vector<char> buffer(step);
	const ssize_t got = ::pread(from, buffer.data(), std::min<std::uint64_t>(length, buffer.size()), static_cast<off_t>(at));
	if (got == 0)
		errno = ESTALE;
	return got > 0 ? ::pwrite(to, buffer.data(), static_cast<std::size_t>(got), static_cast<off_t>(offset)) : -1;
}

result<flattened> copy_bytes(const cut_map &map, int from, const new_file &to, const std::function<bool(std::uint64_t)> &go_on)
{
	std::uint64_t copied = 0;
	if (::ftruncate(to.fd(), static_cast<off_t>(map.size)) != 0)
		return failed("the new file cannot be made that large", errno);
	for (const cut_extent &extent : map.extents) {
		for (std::uint64_t done = 0; extent.kind == cut_kind::data && done < extent.length;) {
			if (!go_on(copied))
				return flattened::interrupted;
			const ssize_t some = copy_some(from, extent.physical + done, to.fd(), extent.offset + done,
						       std::min(step, extent.length - done));
			if (some <= 0)
				return failed("copying", errno);
			done += static_cast<std::uint64_t>(some);
			copied += static_cast<std::uint64_t>(some);
		}
	}
	return flattened::done;
}

// Access control lists and capabilities are among them.
result<flattened> copy_attributes(int from, int to)
{
	std::vector<char> names(std::size_t{64} << 10), value(std::size_t{64} << 10);
	const ssize_t length = ::flistxattr(from, names.data(), names.size());
	if (length < 0 && errno != EOPNOTSUPP)
		return failed("listing extended attributes", errno);
	for (const char *name = names.data(); name < names.data() + length; name += std::char_traits<char>::length(name) + 1) {
		const ssize_t size = ::fgetxattr(from, name, value.data(), value.size());
		if (size < 0 || ::fsetxattr(to, name, value.data(), static_cast<std::size_t>(size), 0) != 0)
			return failed(fmt::format("the extended attribute {}", name), errno);
	}
	return flattened::done;
}

// In this order: a change of the owner takes capabilities and the mode's higher bits away.
result<flattened> copy_facts(const struct stat &facts, int from, int to)
{
	if (::fchown(to, facts.st_uid, facts.st_gid) != 0)
		return failed("keeping the owner", errno);
	if (auto copied = copy_attributes(from, to); !copied)
		return copied;
	if (::fchmod(to, facts.st_mode & 07777) != 0)
		return failed("keeping the mode", errno);
	const struct timespec times[] = {facts.st_atim, facts.st_mtim};
	if (::futimens(to, times) != 0)
		return failed("keeping the times", errno);
	return flattened::done;
}

bool is_unchanged(const std::string &path, const struct stat &before)
{
	struct stat now;
	return ::lstat(path.c_str(), &now) == 0 && now.st_dev == before.st_dev && now.st_ino == before.st_ino &&
	       now.st_size == before.st_size && now.st_nlink == before.st_nlink && now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == before.st_ctim.tv_nsec;
}

error in_use(const std::string &path)
{
	return {fmt::format("{} is in use", path),
		"unmount orielfs from above it, here or in another mount namespace, or end what has it open"};
}

} // namespace

result<flattened> flatten_file(const std::string &path, const std::function<bool(std::uint64_t copied)> &go_on)
{
	const unique_fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY));
	struct stat before;
	if (!file || ::fstat(file.get(), &before) != 0)
		return failed(path, errno);
	if (!S_ISREG(before.st_mode))
		return error{fmt::format("{} is no regular file", path)};
	const auto map = read_cut_map(file.get(), path);
	if (!map)
		return map.failure();
	if (map->state == cut_state::plain)
		return flattened::was_plain;
	if (!map->readable())
		return error{fmt::format("{} is {}: {}", path, to_string(map->state), map->why), "oriel fs check tells more"};
	if (before.st_nlink > 1)
		return error{fmt::format("{} has {} names (hard links), which would not be one file any more", path, before.st_nlink),
			     "remove the other names, or copy the file through orielfs"};
	const lone_use alone(file.get());
	if (alone.refused())
		return in_use(path);

	auto made = new_file::create(path);
	if (!made)
		return made.failure();
	auto copied = copy_bytes(*map, file.get(), *made, go_on);
	if (!copied)
		return about(path, copied.failure());
	if (*copied == flattened::interrupted)
		return copied;
	const auto plain = read_cut_map(made->fd(), path);
	if (!plain || (plain->state != cut_state::plain && may_be_cut(map->size)))
		return error{fmt::format("the bytes of {} would be taken for a cut file's themselves", path), "leave it cut"};
	if (auto kept = copy_facts(before, file.get(), made->fd()); !kept)
		return about(path, kept.failure());
	if (::fsync(made->fd()) != 0)
		return about(path, failed("making the new file durable", errno));
	if (alone.lost() || !is_unchanged(path, before))
		return in_use(path);
	if (const int number = made->take_name(path); number != 0)
		return failed(path, number);
	return flattened::done;
}

} // namespace oriel
