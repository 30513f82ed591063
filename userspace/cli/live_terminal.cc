// SPDX-License-Identifier: GPL-2.0
#include "live_terminal.hpp"

#include <cstdio>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace oriel {
namespace {

void say(const std::string &text)
{
	std::fwrite(text.data(), 1, text.size(), stdout);
	std::fflush(stdout);
}

// Not within a character of UTF-8.
std::string cut(const std::string &line, std::size_t width)
{
	std::size_t at = 0, shown = 0;
	for (; at < line.size(); at++) {
		const bool begins = (static_cast<unsigned char>(line[at]) & 0xc0) != 0x80;
		if (begins && shown == width)
			break;
		shown += begins;
	}
	return line.substr(0, at);
}

} // namespace

live_terminal::live_terminal(bool keys) : keys_(keys && ::tcgetattr(STDIN_FILENO, &before_) == 0)
{
	if (keys_) {
		termios raw = before_;
		raw.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		raw.c_cc[VSUSP] = raw.c_cc[VQUIT] = _POSIX_VDISABLE;
		::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	say("\x1b[?1049h\x1b[?25l"); // the other screen, no cursor
}

live_terminal::~live_terminal()
{
	say("\x1b[?25h\x1b[?1049l");
	if (keys_)
		::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

std::pair<std::size_t, std::size_t> terminal_size()
{
	winsize size{};
	if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return {24, 80};
	return {size.ws_row, size.ws_col};
}

void draw_screen(const std::vector<std::string> &lines, std::size_t height, std::size_t width)
{
	std::string text = "\x1b[H";
	for (std::size_t i = 0; i < lines.size() && i < height; i++)
		text += (i == 0 ? "" : "\r\n") + cut(lines[i], width) + "\x1b[K";
	say(text + "\x1b[J");
}

bool has_input(int descriptor)
{
	pollfd one{descriptor, POLLIN, 0};
	return ::poll(&one, 1, 0) > 0;
}

} // namespace oriel
