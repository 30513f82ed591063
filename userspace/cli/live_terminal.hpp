// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <cstddef>
#include <string>
#include <termios.h>
#include <utility>
#include <vector>

namespace oriel {

// A screen of its own on the terminal that is stdout; with keys, each is read from stdin when it is pressed and is not shown. ^C is still a
// signal, ^Z and ^\ are keys, as they would leave the terminal so. Everything is as before when this is gone.
class live_terminal {
public:
	explicit live_terminal(bool keys);
	~live_terminal();
	live_terminal(const live_terminal &) = delete;
	live_terminal &operator=(const live_terminal &) = delete;

private:
	termios before_{};
	bool keys_; // behind what its initializer fills
};

// Lines and columns.
std::pair<std::size_t, std::size_t> terminal_size();
// From the top, cut to the size.
void draw_screen(const std::vector<std::string> &lines, std::size_t height, std::size_t width);
bool has_input(int descriptor);

} // namespace oriel
