// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <unistd.h>
#include <utility>

namespace oriel {

// Owns a file descriptor; -1 is none.
class unique_fd {
public:
	unique_fd() = default;
	explicit unique_fd(int fd) : fd_(fd) {}
	unique_fd(unique_fd &&from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
	unique_fd &operator=(unique_fd &&from) noexcept
	{
		std::swap(fd_, from.fd_);
		return *this;
	}
	~unique_fd() { reset(); }

	int get() const { return fd_; }
	explicit operator bool() const { return fd_ >= 0; }
	void reset()
	{
		if (fd_ >= 0)
			::close(fd_);
		fd_ = -1;
	}

private:
	int fd_ = -1;
};

} // namespace oriel
