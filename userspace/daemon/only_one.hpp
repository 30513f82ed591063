// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "error.hpp"
#include "unique_fd.hpp"

#include <string>

namespace oriel {

// Holds a lock file, with the number of the process in it, as long as it lives. The file stays.
class only_one {
public:
	// Fails where another process holds it, and names that.
	static result<only_one> claim(const std::string &path);

private:
	explicit only_one(unique_fd fd) : fd_(std::move(fd)) {}

	unique_fd fd_;
};

} // namespace oriel
