// SPDX-License-Identifier: GPL-2.0
#include "long_work.hpp"

#include "fs_mounts.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

namespace oriel {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int)
{
	interrupted = 1;
}

} // namespace

void note_interrupts()
{
	std::signal(SIGINT, note_interrupt);
	std::signal(SIGTERM, note_interrupt);
}

bool was_interrupted()
{
	return interrupted != 0;
}

progress::progress(const std::string &path, bool shown) : name_(shown_path(path)), shown_(shown && ::isatty(STDERR_FILENO) == 1) {}

progress::~progress()
{
	if (shown_)
		fmt::print(stderr, "\r\033[K");
}

void progress::show(std::uint64_t done, std::uint64_t all)
{
	const auto percent = static_cast<int>(100 * static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(all, 1)));
	if (shown_ && percent != percent_)
		fmt::print(stderr, "\r\033[K{}: {} %", name_, percent);
	percent_ = percent;
}

} // namespace oriel
