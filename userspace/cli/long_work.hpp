// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstdint>
#include <string>

namespace oriel {

// From now on SIGINT and SIGTERM end nothing: work that takes long asks whether one came, and ends where nothing is half done.
void note_interrupts();
bool was_interrupted();

// How much of a file is done, for somebody who watches a terminal; gone when it ends.
class progress {
public:
	progress(const std::string &path, bool shown);
	progress(const progress &) = delete;
	progress &operator=(const progress &) = delete;
	~progress();
	void show(std::uint64_t done, std::uint64_t all);

private:
	std::string name_;
	bool shown_;
	int percent_ = -1;
};

} // namespace oriel
